#include "eventlog/host.h"
