#ifndef WEIR_CCHECKSUM_H
#define WEIR_CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `length` bytes, continued from the result `crc` of the bytes before
/// them (0 at the start). Uses the processor's instruction where there is one, slice-by-8 tables elsewhere.
uint32_t weir_crc32c(uint32_t crc, const void *bytes, size_t length);

/// The same by tables only; exported so that the tests compare both ways on any machine.
uint32_t weir_crc32c_portable(uint32_t crc, const void *bytes, size_t length);

#endif
