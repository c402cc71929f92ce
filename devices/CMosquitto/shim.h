// libmosquitto (Debian libmosquitto-dev 2.0.11 or later).
#include <mosquitto.h>
