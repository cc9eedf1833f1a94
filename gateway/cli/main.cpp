#include "gateway/cli/command.h"

int main(int argc, char** argv) {
  return guichet::cli::run_command_line(argc, argv);
}
