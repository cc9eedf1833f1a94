#include "adapters/bank/sent_file.h"

#include <algorithm>
#include <limits>

#include "adapters/bank/message_text.h"

namespace guichet::bank {
namespace {

/// Of a file of our own: kMostPaymentsInAFile with all the parts that they can have.
constexpr std::uint64_t kLargestFile = 64ULL << 30;

}  // namespace

/// Takes a file of ours apart, and holds it against what it says of itself: what a disk has changed
/// is not taken for what was sent.
class SentFileReader : public MessageHandler {
 public:
  explicit SentFileReader(SentFile& file) : file_(file) {}

  std::optional<Failure> head(const MessageHead& head) override {
    if (head.kind != MessageKind::initiation) return Failure{"it is not a file of payments"};
    file_.message_id_ = head.message_id;
    head_ = head;
    return {};
  }

  std::optional<Failure> batch(const MessageBatch& batch) override {
    if (auto failure = end_batch()) return failure;
    if (batch.id.empty() || !batch.count || !batch.total)
      return Failure{"a batch lacks its id, count or sum"};
    batch_ = batch;
    file_.batches_.push_back({batch.id, file_.size(), 0, Money()});
    return {};
  }

  std::optional<Failure> line(const MessageLine& line) override {
    if (line.end_to_end_id.empty() || !line.amount || line.currency != "CAD" ||
        file_.batches_.empty())
      return Failure{"a payment lacks its id or its amount"};
    SentFile::SentBatch& batch = file_.batches_.back();
    if (batch.count > 0 && file_.end_to_end_id(file_.size() - 1) >= line.end_to_end_id)
      return Failure{"payments do not stand in the order of their ids"};
    if (file_.ids_.size() + line.end_to_end_id.size() > std::numeric_limits<std::uint32_t>::max() ||
        !add(batch.total, *line.amount) || !add(file_.total_, *line.amount))
      return Failure{"it is too large"};
    ++batch.count;
    file_.ids_ += line.end_to_end_id;
    file_.ends_.push_back(static_cast<std::uint32_t>(file_.ids_.size()));
    file_.amounts_.push_back(line.amount->cents());
    return {};
  }

  std::optional<Failure> end() {
    if (auto failure = end_batch()) return failure;
    if (head_.count != file_.size() || head_.total != file_.total_)
      return Failure{"its count or control sum is not that of its payments"};
    for (std::uint32_t i = 0; file_.batches_.size() > 1 && i < file_.size(); ++i)
      if (file_.find(file_.end_to_end_id(i)) != i)
        return Failure{"a payment stands in two batches"};
    return {};
  }

 private:
  std::optional<Failure> end_batch() const {
    if (file_.batches_.empty()) return {};
    const SentFile::SentBatch& last = file_.batches_.back();
    if (batch_.count == last.count && batch_.total == last.total) return {};
    return Failure{"the count or control sum of a batch is not that of its payments"};
  }

  SentFile& file_;
  MessageHead head_;
  MessageBatch batch_;
};

Result<SentFile> SentFile::read(const Source& source) {
  SentFile file;
  SentFileReader reader(file);
  const auto head = read_message(source, reader, kLargestFile);
  if (!head) return head.error();
  if (auto failure = reader.end()) return *failure;
  return file;
}

std::string_view SentFile::end_to_end_id(std::uint32_t payment) const {
  const std::uint32_t begin = payment == 0 ? 0 : ends_[payment - 1];
  return std::string_view(ids_).substr(begin, ends_[payment] - begin);
}

std::optional<std::uint32_t> SentFile::find(std::string_view end_to_end_id) const {
  for (const SentBatch& batch : batches_) {
    std::uint32_t low = batch.first, high = batch.first + batch.count;
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2;
      if (this->end_to_end_id(middle) < end_to_end_id)
        low = middle + 1;
      else
        high = middle;
    }
    if (low < batch.first + batch.count && this->end_to_end_id(low) == end_to_end_id) return low;
  }
  return {};
}

std::uint32_t SentFile::batch_of(std::uint32_t payment) const {
  const auto after = std::upper_bound(
      batches_.begin(), batches_.end(), payment,
      [](std::uint32_t value, const SentBatch& batch) { return value < batch.first; });
  return static_cast<std::uint32_t>(after - batches_.begin() - 1);
}

}  // namespace guichet::bank
