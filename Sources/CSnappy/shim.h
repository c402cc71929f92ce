// snappy for reading batches that clients compressed; Debian: libsnappy-dev.
#ifndef WEIR_CSNAPPY_SHIM_H
#define WEIR_CSNAPPY_SHIM_H

#include <stddef.h>
#include <snappy-c.h>

#endif
