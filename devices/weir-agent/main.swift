import EdgeAgent
import Glibc

// Without the C library's exit handlers: a worker that hangs in the kernel may still be there.
_exit(AgentProgram.run(Array(CommandLine.arguments.dropFirst())))
