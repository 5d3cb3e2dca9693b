#include "base/token_bucket.h"

#include <thread>
#include <vector>

#include "base/shared_state.h"
#include "base/test.h"

using namespace attache;

TEST(a_bucket_is_full_at_first_and_fills_all_the_time) {
  TokenBucket bucket(3, 1.0 / 3, 1000);
  for (int i = 0; i < 3; i++) CHECK(bucket.take(1000));
  CHECK(!bucket.take(1000));
  CHECK(!bucket.take(1000.3));
  CHECK(bucket.take(1000.34));
  CHECK(!bucket.take(1000.34));
  // No more than three gather.
  for (int i = 0; i < 3; i++) CHECK(bucket.take(5000));
  CHECK(!bucket.take(5000));
}

TEST(a_bucket_gives_several_threads_what_it_has) {
  TokenBucket bucket(1000, 3600, 1e6);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++) {
    threads.emplace_back([&] {
      for (int k = 0; k < 1000; k++) taken += bucket.take(1e6) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQ(taken.load(), 1000);
}

TEST(shared_state_is_there_as_long_as_somebody_has_it) {
  int made = 0;
  auto get = [&](const char* name) {
    return sharedState<int>(name, [&] { return std::make_shared<int>(++made); });
  };
  auto a = get("a");
  CHECK(get("a") == a);
  CHECK_EQ(*get("b"), 2);
  CHECK_EQ(*get("b"), 3);  // nobody had it
  a = nullptr;
  CHECK_EQ(*get("a"), 4);
}
