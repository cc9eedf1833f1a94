#include "eventlog/dead_letter.h"
