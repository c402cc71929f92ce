// CRC-32C, reflected polynomial 0x82f63b78. Source: RFC 3720 appendix B.4; slice-by-8 after Kounavis and Berry, 2005.

#include "CChecksum.h"

#include <string.h>

#if defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#ifndef HWCAP_CRC32
#define HWCAP_CRC32 (1 << 7)
#endif
#endif

#define REFLECTED_POLYNOMIAL 0x82f63b78u

static uint32_t tables[8][256];

typedef uint32_t (*crc_function)(uint32_t crc, const uint8_t *bytes, size_t length);

static uint32_t by_table(uint32_t crc, const uint8_t *bytes, size_t length) {
    while (length >= 8) {
        // Bytes are combined one by one, so the result does not depend on the machine's byte order.
        uint32_t low = crc ^ ((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16
                              | (uint32_t)bytes[3] << 24);
        crc = tables[7][low & 0xff] ^ tables[6][low >> 8 & 0xff] ^ tables[5][low >> 16 & 0xff] ^ tables[4][low >> 24]
            ^ tables[3][bytes[4]] ^ tables[2][bytes[5]] ^ tables[1][bytes[6]] ^ tables[0][bytes[7]];
        bytes += 8;
        length -= 8;
    }
    while (length-- > 0) {
        crc = crc >> 8 ^ tables[0][(crc ^ *bytes++) & 0xff];
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2")))
static uint32_t by_instruction(uint32_t crc, const uint8_t *bytes, size_t length) {
    uint64_t wide = crc;
    while (length >= 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        wide = __builtin_ia32_crc32di(wide, word);
        bytes += 8;
        length -= 8;
    }
    crc = (uint32_t)wide;
    while (length-- > 0) {
        crc = __builtin_ia32_crc32qi(crc, *bytes++);
    }
    return crc;
}
#elif defined(__aarch64__)
__attribute__((target("crc")))
static uint32_t by_instruction(uint32_t crc, const uint8_t *bytes, size_t length) {
    while (length >= 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        crc = __crc32cd(crc, word);
        bytes += 8;
        length -= 8;
    }
    while (length-- > 0) {
        crc = __crc32cb(crc, *bytes++);
    }
    return crc;
}
#endif

static crc_function chosen = by_table;

// Runs before main, so no call ever sees half-filled tables.
__attribute__((constructor))
static void prepare(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? crc >> 1 ^ REFLECTED_POLYNOMIAL : crc >> 1;
        }
        tables[0][byte] = crc;
    }
    for (int slice = 1; slice < 8; slice++) {
        for (uint32_t byte = 0; byte < 256; byte++) {
            uint32_t before = tables[slice - 1][byte];
            tables[slice][byte] = before >> 8 ^ tables[0][before & 0xff];
        }
    }
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("sse4.2")) {
        chosen = by_instruction;
    }
#elif defined(__aarch64__)
    if (getauxval(AT_HWCAP) & HWCAP_CRC32) {
        chosen = by_instruction;
    }
#endif
}

uint32_t weir_crc32c(uint32_t crc, const void *bytes, size_t length) {
    return ~chosen(~crc, bytes, length);
}

uint32_t weir_crc32c_portable(uint32_t crc, const void *bytes, size_t length) {
    return ~by_table(~crc, bytes, length);
}
