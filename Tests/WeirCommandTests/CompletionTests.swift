import Testing

@Suite("weir completion")
struct CompletionTests {
    @Test("every shell's script knows the commands, without a gateway", arguments: ["bash", "zsh", "fish"])
    func script(shell: String) async {
        let outcome = await GatewayFixture.weir(["completion", shell])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("twin"))
        #expect(outcome.output.contains("configuration"))
        #expect(outcome.error.isEmpty)
    }

    @Test("another shell is wrong use")
    func unknownShell() async {
        #expect(await GatewayFixture.weir(["completion", "tcsh"]).status == 2)
    }
}
