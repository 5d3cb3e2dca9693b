#include "http/stream_handle.h"

#include "http/stream.h"
#include "worker/worker.h"

namespace attache::http {

bool Inbox::post(uint64_t stream, uint32_t filter, What what) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!worker_) return false;
  notes_.push_back({stream, filter, what});
  // One message for all that come until the worker looks. Under the lock: it may be about to end.
  if (notes_.size() == 1) worker_->loop.post([this] { deliver(); });
  return true;
}

void Inbox::close() {
  std::lock_guard<std::mutex> lock(mutex_);
  worker_ = nullptr;
}

void Inbox::deliver() {
  std::vector<Note> notes = std::move(spare_);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    notes.swap(notes_);
  }
  for (const Note& note : notes) {
    auto it = worker_->handles.find(note.stream);
    if (it != worker_->handles.end()) it->second->onNote(note.filter, note.what);
  }
  notes.clear();
  spare_ = std::move(notes);
}

}  // namespace attache::http
