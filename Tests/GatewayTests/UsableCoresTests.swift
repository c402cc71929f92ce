import Testing

@testable import Gateway

@Suite("cores that the process may run on, proc_pid_status(5)")
struct UsableCoresTests {
    @Test(
        "the bits of the mask are counted",
        arguments: [
            ("Name:\tweir\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\n", 2), ("Cpus_allowed:\t1\n", 1),
            ("Cpus_allowed:\tff,ffffffff\n", 40),
        ]
    )
    func mask(status: String, count: Int) {
        #expect(UsableCores.allowed(in: status) == count)
    }

    @Test("without a mask nothing is known", arguments: ["", "Cpus_allowed:\t0\n", "Cpus_allowed_list:\t0-1\n"])
    func none(status: String) {
        #expect(UsableCores.allowed(in: status) == nil)
    }

    @Test("there is at least one")
    func least() {
        #expect(UsableCores.count >= 1)
    }
}
