// libyaml (Debian libyaml-dev): the event parser, which knows the line of everything it reads.
#include <yaml.h>
