// zlib for reading gzip; Debian: zlib1g-dev.
#ifndef WEIR_CZLIB_SHIM_H
#define WEIR_CZLIB_SHIM_H

#include <zlib.h>

// inflateInit2 is a macro that Swift cannot see. 15 + 32: largest window, gzip or zlib header.
static inline int weir_inflate_begin(z_stream *stream) {
    return inflateInit2(stream, 15 + 32);
}

#endif
