import Testing

@testable import GatewayAPI

@Suite("Names of the registry's copies")
struct RegistryCopyNameTests {
    @Test("every name made is known again, with what SQLite keeps beside it")
    func made() {
        for _ in 0..<100 {
            let name = RegistryCopyName.make()
            for suffix in RegistryCopyName.suffixes {
                #expect(RegistryCopyName.isOne(name + suffix), "\(name)\(suffix)")
            }
        }
    }

    @Test(
        "names that an operator may have given are none",
        arguments: [
            "backup-.sqlite", "backup-2026-11-21.sqlite", "backup-office.sqlite", "backup-1.tar", "backup-1.sqlite.gz",
            "backup-0123456789abcdef0.sqlite", "registry.sqlite", "backup-ca.pem", "my-backup-1.sqlite", "",
        ]
    )
    func others(name: String) {
        #expect(!RegistryCopyName.isOne(name))
    }
}
