#include "adapters/http_client/answer_reader.h"

#include <gtest/gtest.h>

namespace lazaret::http_client {
namespace {

using Step = AnswerReader::Step;
constexpr AnswerReader::Limits small{.head_bytes = 200, .body_bytes = 20};

struct Read {
  Step step = Step::need_more;
  ports::HttpAnswer answer;
  bool keeps_alive = false;
  Error error;
};

Read read(std::string_view bytes, std::size_t piece, bool to_head = false, bool ends = false) {
  AnswerReader reader(small, to_head);
  Read read;
  for (; !bytes.empty() && read.step == Step::need_more;) {
    read.step = reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  if (ends && read.step == Step::need_more) read.step = reader.end();
  read.keeps_alive = read.step == Step::done && reader.keeps_alive();
  if (read.step == Step::refused) read.error = reader.error();
  if (read.step == Step::done) read.answer = reader.take();
  return read;
}

TEST(AnswerReader, ReadsAnAnswerHoweverItsBytesArrive) {
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 1000U}) {
    const Read got =
        read("HTTP/1.1 200 OK\r\nContent-Type:  a/b \r\ncontent-length: 5\r\n\r\nhello", piece);
    ASSERT_EQ(got.step, Step::done) << piece;
    EXPECT_EQ(got.answer.status, 200);
    EXPECT_EQ(got.answer.body, "hello");
    ASSERT_EQ(got.answer.headers.size(), 2U);
    EXPECT_EQ(got.answer.headers[0], (std::pair<std::string, std::string>("content-type", "a/b")));
    EXPECT_TRUE(got.keeps_alive);
    const Read chunked = read(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
        "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n",
        piece);
    ASSERT_EQ(chunked.step, Step::done) << chunked.error.message;
    EXPECT_EQ(chunked.answer.body, "abc0123456789");
    EXPECT_TRUE(chunked.keeps_alive);
  }
}

TEST(AnswerReader, SomeAnswersHaveNoBody) {
  EXPECT_EQ(read("HTTP/1.1 204 No Content\r\n\r\n", 5).step, Step::done);
  EXPECT_EQ(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 5).step, Step::done);
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 5, true).step, Step::done);
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 5).step, Step::done);
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 5).step, Step::need_more);
}

TEST(AnswerReader, InterimAnswersArePassedOver) {
  const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  const Read got = read(go_on + "HTTP/1.1 103 Early Hints\r\nLink: x\r\nConnection: close\r\n\r\n" +
                            "HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx",
                        4);
  ASSERT_EQ(got.step, Step::done);
  EXPECT_EQ(got.answer.status, 201);
  EXPECT_EQ(got.answer.headers.size(), 1U);
  EXPECT_TRUE(got.keeps_alive);
  std::string many;
  for (int i = 0; i < 100; ++i) many += go_on;
  EXPECT_EQ(read(many, 1000).step, Step::refused);
  EXPECT_EQ(read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 9).step, Step::refused);
}

TEST(AnswerReader, WithoutALengthTheEndOfTheConnectionIsTheEnd) {
  const std::string_view bytes = "HTTP/1.1 200 OK\r\n\r\nhello";
  EXPECT_EQ(read(bytes, 3).step, Step::need_more);
  const Read got = read(bytes, 3, false, true);
  ASSERT_EQ(got.step, Step::done);
  EXPECT_EQ(got.answer.body, "hello");
  EXPECT_FALSE(got.keeps_alive);
}

TEST(AnswerReader, ACutAnswerIsNone) {
  const std::string_view whole =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Read got = read(whole.substr(0, length), 100, false, true);
    EXPECT_EQ(got.step, Step::refused) << length;
    EXPECT_EQ(got.error.code, ErrorCode::unavailable);
    EXPECT_FALSE(got.error.message.empty());
  }
}

TEST(AnswerReader, WhoWantsToCloseIsNotKept) {
  const std::string tail = "Content-Length: 1\r\n\r\nx";
  EXPECT_FALSE(read("HTTP/1.1 200 OK\r\nConnection: foo , Close\r\n" + tail, 9).keeps_alive);
  EXPECT_FALSE(read("HTTP/1.0 200 OK\r\n" + tail, 9).keeps_alive);
  EXPECT_TRUE(read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + tail, 9).keeps_alive);
  // Bytes that nobody asked for would be taken for the next answer.
  EXPECT_FALSE(read("HTTP/1.1 200 OK\r\n" + tail + "HTTP/1.1 200", 1000).keeps_alive);
}

TEST(AnswerReader, WhatCouldBeReadTwoWaysIsRefused) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  for (const std::string& bytes : {
           std::string("garbage\r\n\r\n"),
           std::string("HTTP/2 200 OK\r\n\r\n"),
           std::string("HTTP/1.1 20 OK\r\n\r\n"),
           std::string("HTTP/1.1 2000 OK\r\n\r\n"),
           std::string("HTTP/1.1 099 OK\r\n\r\n"),
           std::string("HTTP/1.1 200 OK\nA: b\n\n"),
           ok + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
           ok + "Content-Length: 1, 1\r\n\r\nx",
           ok + "Content-Length: -1\r\n\r\nx",
           ok + "Content-Length: +1\r\n\r\nx",
           ok + "Content-Length: 0x1\r\n\r\nx",
           ok + "Content-Length:\r\n\r\nx",
           ok + "Content-Length: 99999999999999999999\r\n\r\nx",
           ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
           ok + "Transfer-Encoding: gzip, chunked\r\n\r\n",
           ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
           ok + "Transfer-Encoding: chunked\r\n\r\nx\r\n",
           ok + "Transfer-Encoding: chunked\r\n\r\n\r\n",
           ok + "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
           ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
           std::string("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
           ok + "A: b\r\n continued: c\r\n\r\n",
           ok + "A : b\r\n\r\n",
           ok + "no colon\r\n\r\n",
           ok + ": b\r\n\r\n",
           ok + std::string("A: b\0c\r\n\r\n", 10),
           ok + "A: b\rc\r\n\r\n",
       }) {
    for (const std::size_t piece : {1U, 1000U}) {
      const Read got = read(bytes, piece);
      EXPECT_EQ(got.step, Step::refused) << bytes;
      EXPECT_EQ(got.error.code, ErrorCode::unavailable) << bytes;
    }
  }
}

TEST(AnswerReader, NothingGrowsBeyondItsBound) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const auto refused = [](const std::string& bytes, ErrorCode code) {
    for (const std::size_t piece : {1U, 1000U}) {
      const Read got = read(bytes, piece);
      EXPECT_EQ(got.step, Step::refused) << bytes.substr(0, 80);
      EXPECT_EQ(got.error.code, code) << got.error.message;
    }
  };
  const std::string body21(21, 'b');
  refused(std::string(201, 'x'), ErrorCode::too_large);
  refused(ok + "A: " + std::string(200, 'x'), ErrorCode::too_large);
  refused(ok + "Content-Length: 21\r\n\r\n", ErrorCode::too_large);
  refused(ok + "\r\n" + body21, ErrorCode::too_large);
  refused(ok + "Transfer-Encoding: chunked\r\n\r\n15\r\n", ErrorCode::too_large);
  refused(ok + "Transfer-Encoding: chunked\r\n\r\n14\r\n" + body21.substr(1) + "\r\n1\r\n",
          ErrorCode::too_large);
  refused(ok + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", ErrorCode::too_large);
  refused(ok + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(2000, 'e'),
          ErrorCode::unavailable);
  refused(ok + "Transfer-Encoding: chunked\r\n\r\n0\r\nT: " + std::string(300, 't'),
          ErrorCode::too_large);
}

}  // namespace
}  // namespace lazaret::http_client
