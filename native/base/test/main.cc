#include "base/test.h"

int main(int argc, char** argv) {
  return attache::test::runAll(argc, argv);
}
