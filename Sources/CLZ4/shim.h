// lz4 for reading batches that clients compressed; Debian: liblz4-dev.
#ifndef WEIR_CLZ4_SHIM_H
#define WEIR_CLZ4_SHIM_H

#include <lz4frame.h>

#endif
