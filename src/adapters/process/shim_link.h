// One connection to one shim. Messages arrive on the loop's thread; sending never waits.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/process/system_files.h"
#include "shim/protocol.h"

namespace lazaret::process {

inline constexpr std::size_t outbox_most = 64;  // messages kept for a shim that does not read

class ShimLink : public std::enable_shared_from_this<ShimLink> {
 public:
  using OnMessage = std::function<void(const shim::Message&, std::string_view text)>;
  using OnLost = std::function<void()>;

  // Null: nobody listens there.
  static std::shared_ptr<ShimLink> connect(boost::asio::io_context& io, const fs::path& socket,
                                           std::uint64_t epoch);
  ShimLink(boost::asio::io_context& io, int fd, std::uint64_t epoch);
  // Says hello. `lost` is called once, unless close() came first.
  void begin(OnMessage message, OnLost lost);
  // False: the shim is behind and the outbox is full.
  bool send(shim::Message message, std::string_view text = {});
  void close();

 private:
  void wait();
  void take();
  void flush();
  bool send_now(std::string_view bytes);
  void lose();

  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer retry_;
  std::uint64_t epoch_;
  OnMessage message_;
  OnLost lost_;
  std::deque<std::string> outbox_;
  bool open_ = true;
  std::uint16_t shim_version_ = shim::protocol_oldest;  // as its newest message says
};

}  // namespace lazaret::process
