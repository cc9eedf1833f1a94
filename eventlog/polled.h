#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <vector>

#include "eventlog/record.h"

namespace guichet::eventlog {

/// Records that were polled, in order. They stay where the log has them in memory, which is kept
/// while this is.
class Polled {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Record;
    using difference_type = std::ptrdiff_t;
    using pointer = const Record*;
    using reference = const Record&;

    Iterator() = default;
    explicit Iterator(const Record* const* at) : at_(at) {}
    const Record& operator*() const { return **at_; }
    const Record* operator->() const { return *at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(at_++); }
    bool operator==(const Iterator&) const = default;

   private:
    const Record* const* at_ = nullptr;
  };

  Polled() = default;
  explicit Polled(std::vector<Record> records) { add(std::move(records)); }

  void add(std::vector<Record> records);
  /// `keeper` keeps the record where it is.
  void add(const Record& record, const std::shared_ptr<const void>& keeper);

  std::size_t size() const { return records_.size(); }
  bool empty() const { return records_.empty(); }
  const Record& operator[](std::size_t index) const { return *records_[index]; }
  const Record& front() const { return *records_.front(); }
  Iterator begin() const { return Iterator(records_.data()); }
  Iterator end() const { return Iterator(records_.data() + records_.size()); }

  std::vector<Record> copy() const { return {begin(), end()}; }

 private:
  std::vector<const Record*> records_;
  std::vector<std::shared_ptr<const void>> keepers_;
};

}  // namespace guichet::eventlog
