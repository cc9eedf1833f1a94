// A proxy before a broker, told by lines on its standard input what to do to what passes:
//   cut    cuts every connection
//   tear   holds the next end of a transaction back, cuts its connection, and lets it go to the
//          broker just before the next one
// Used as: kafka_proxy BROKER-PORT. Prints its address.

#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/eventlog/kafka/proxy.h"

int main(int argc, char** argv) {
  constexpr std::int16_t kEndTxn = 26;
  if (argc != 2) return 2;
  guichet::eventlog::KafkaProxy proxy(static_cast<std::uint16_t>(std::atoi(argv[1])));
  std::cout << proxy.address() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "cut") {
      proxy.cut_all();
    } else if (line == "tear") {
      proxy.hold_next(kEndTxn);
      proxy.release_before(kEndTxn);
    }
  }
}
