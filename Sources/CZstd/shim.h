// zstd for reading batches that clients compressed; Debian: libzstd-dev.
#ifndef WEIR_CZSTD_SHIM_H
#define WEIR_CZSTD_SHIM_H

#include <zstd.h>

#endif
