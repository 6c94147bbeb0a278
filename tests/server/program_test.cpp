// SPDX-License-Identifier: MIT
// The example server as a program: its routes, the folder that nobody gets out of, its end by a
// signal.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "server/blocking_client.hpp"
#include "server/server_process.hpp"

#if !defined(__has_feature)
#define __has_feature(x) 0
#endif

namespace server_tests {
namespace {

namespace fs = std::filesystem;

/// A folder of its own that is gone with the test: root/ is served, secret.txt beside it is not.
class folders {
 public:
  folders() {
    std::string pattern = (fs::temp_directory_path() / "jackdaw-server-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    all_ = pattern;
    fs::create_directories(root() / "below");
    write(all_ / "secret.txt", "secret");
    write(root() / "hello.txt", "hello");
    write(root() / "below" / "a b.html", "<p>");
  }
  folders(const folders&) = delete;
  folders& operator=(const folders&) = delete;
  ~folders() { fs::remove_all(all_); }

  [[nodiscard]] fs::path root() const { return all_ / "root"; }

 private:
  static void write(const fs::path& file, const char* text) { std::ofstream(file) << text; }

  fs::path all_;
};

TEST(server_program, serves_files_of_its_folder) {
  const folders f;
  server_process server({"--root", f.root().string()});
  blocking_client client(server.port());
  const answer hello = client.get("/file/hello.txt");
  EXPECT_EQ(200, hello.status);
  EXPECT_EQ("hello", hello.body);
  EXPECT_TRUE(hello.has("Content-Type: text/plain"));
  EXPECT_EQ("<p>", client.get("/file/below/a%20b.html").body);
  fs::create_symlink("hello.txt", f.root() / "link");
  EXPECT_EQ("hello", client.get("/file/link").body);  // a link inside may be followed
}

TEST(server_program, lets_no_name_lead_out_of_its_folder) {
  const folders f;
  fs::create_symlink("../secret.txt", f.root() / "link");
  fs::create_symlink("..", f.root() / "up");
  fs::create_symlink(f.root().parent_path() / "secret.txt", f.root() / "absolute");
  server_process server({"--root", f.root().string()});
  blocking_client client(server.port());
  for (const char* const name :
       {"../secret.txt", "below/../../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt",
        "/etc/passwd", "%2fetc%2fpasswd", "link", "up/secret.txt", "absolute", "./../secret.txt",
        "up/root/../secret.txt"}) {
    const answer got = client.get("/file/" + std::string(name));
    EXPECT_EQ(404, got.status) << name;
  }
}

TEST(server_program, answers_names_that_are_no_files_without_waiting) {
  const folders f;
  ASSERT_EQ(0, ::mkfifo((f.root() / "pipe").c_str(), 0600));
  server_process server({"--root", f.root().string()});
  blocking_client client(server.port());
  for (const char* const name : {"", "below", "below/", "pipe", "missing", "hello.txt/more"})
    EXPECT_EQ(404, client.get("/file/" + std::string(name)).status) << name;
  EXPECT_EQ(404, client.get("/file/" + std::string(1000, 'x')).status);
  for (const char* const name : {"%", "%4", "%zz", "%00"})
    EXPECT_EQ(400, client.get("/file/" + std::string(name)).status) << name;
}

TEST(server_program, answers_what_came_in_time_when_a_part_of_a_fan_out_is_late) {
  server_process server({});
  blocking_client client(server.port());
  const auto whole = nlohmann::json::parse(client.get("/fanout?n=20&deadline=20000").body);
  EXPECT_EQ(20, whole["asked"]);
  EXPECT_EQ(20, whole["answered"]);
  EXPECT_EQ("item 7", whole["items"][7]["value"]);
  const auto partial = nlohmann::json::parse(client.get("/fanout?n=5&slow=5&deadline=20").body);
  EXPECT_EQ(5, partial["asked"]);
  EXPECT_EQ(0, partial["answered"]);
  EXPECT_TRUE(partial["items"][4].contains("error"));
}

TEST(server_program, draws_with_either_burst_and_refuses_more_than_its_limit) {
  server_process server({});
  blocking_client client(server.port());
  const answer offloaded = client.get("/cpu?ms=1");
  EXPECT_TRUE(offloaded.has("Content-Type: image/png"));
  EXPECT_EQ(offloaded.body, client.get("/cpu-inline?ms=1").body);
  EXPECT_EQ(400, client.get("/cpu?ms=0").status);
  EXPECT_EQ(400, client.get("/cpu?ms=-1").status);
  EXPECT_EQ(400, client.get("/fanout?n=1001").status);
  server_process small({"--max-bursts", "0"});
  EXPECT_EQ(503, blocking_client(small.port()).get("/cpu?ms=1").status);
}

TEST(server_program, shows_its_tasks_and_its_numbers) {
  server_process server({});
  blocking_client waiting(server.port());
  EXPECT_EQ(200, waiting.get("/").status);
  blocking_client client(server.port());
  const std::string tasks = client.get("/tasks").body;
  EXPECT_NE(std::string::npos, tasks.find("front")) << tasks;
  EXPECT_NE(std::string::npos, tasks.find("waits for")) << tasks;
  const answer metrics = client.get("/metrics");
  EXPECT_TRUE(metrics.has("Content-Type: text/plain; version=0.0.4"));
  EXPECT_NE(std::string::npos, metrics.body.find("\nhttp_requests_total 3\n")) << metrics.body;
  EXPECT_NE(std::string::npos, metrics.body.find("\njackdaw_polls_total{worker=\"1\"} "));
}

/// What the program says to somebody who starts it so, and how it ends.
struct refusal {
  explicit refusal(const std::string& options) {
    std::FILE* const program = ::popen((SERVER_PROGRAM " " + options + " 2>&1").c_str(), "r");
    if (program == nullptr) throw std::runtime_error("popen failed");
    for (int c = std::fgetc(program); c != EOF; c = std::fgetc(program))
      said += static_cast<char>(c);
    status = ::pclose(program);
  }
  [[nodiscard]] bool says(const char* words) const { return said.find(words) != said.npos; }

  std::string said;
  int status;
};

TEST(server_program, says_why_it_cannot_have_a_port_and_what_to_do) {
  const server_process server({});
  const refusal taken("--port " + std::to_string(server.port()));
  EXPECT_NE(0, taken.status);
  EXPECT_TRUE(taken.says("Address already in use; choose another --port, or 0")) << taken.said;
  const refusal none("--port 99999");
  EXPECT_NE(0, none.status);
  EXPECT_TRUE(none.says("--port: Value 99999 not in range 0 to 65535")) << none.said;
}

// The thread sanitizer runs a handler late in a thread that sleeps in a system call it does not
// know, as main() does in run(): there a signal from outside may wait forever. What the signal then
// does is seen under it too, by the tests of server_limits.
#if !__has_feature(thread_sanitizer)
TEST(server_program, ends_with_0_after_a_signal_and_accounts_for_every_request) {
  for (const int number : {SIGTERM, SIGINT}) {
    server_process server({});
    {
      blocking_client client(server.port());
      EXPECT_EQ(200, client.get("/").status);
      server.signal(number);
      EXPECT_EQ("stopping", server.read_line());
      EXPECT_EQ("", client.read_to_end());
    }
    EXPECT_EQ("stopped after 1 requests, 1 answers", server.read_line());
    EXPECT_EQ(0, server.exit_code());
    EXPECT_THROW(blocking_client(server.port()), std::runtime_error);
  }
}

/// Waits until so many handlers of the server wait for something.
void until_waiting(const server_process& server, int handlers) {
  blocking_client client(server.port());
  const std::string line = "\nhttp_waiting_requests " + std::to_string(handlers) + "\n";
  while (client.get("/metrics").body.find(line) == std::string::npos) {
  }
}

TEST(server_program, cancels_a_request_that_outlasts_the_grace_and_ends_with_0) {
  server_process server({"--grace", "30ms", "--request-timeout", "1m"});
  blocking_client client(server.port());
  client.send("GET /fanout?n=1&slow=1&deadline=60000 HTTP/1.1\r\n\r\n");
  until_waiting(server, 1);
  server.signal(SIGTERM);
  EXPECT_EQ("stopping", server.read_line());
  EXPECT_EQ("", client.read_to_end());  // no answer rather than half of one
  server.read_line();
  EXPECT_EQ(0, server.exit_code());
}

TEST(server_program, cancels_at_once_at_the_second_signal) {
  server_process server({"--grace", "1m", "--request-timeout", "1m"});
  blocking_client client(server.port());
  client.send("GET /fanout?n=1&slow=1&deadline=60000 HTTP/1.1\r\n\r\n");
  until_waiting(server, 1);
  server.signal(SIGTERM);
  EXPECT_EQ("stopping", server.read_line());
  server.signal(SIGTERM);
  EXPECT_EQ("second signal: cancelling", server.read_line());
  const std::string last = client.read_to_end();  // the backend's end may have been seen first
  EXPECT_TRUE(last.empty() || last.ends_with("]}\n")) << last;
  server.read_line();
  EXPECT_EQ(0, server.exit_code());
}

#endif

}  // namespace
}  // namespace server_tests
