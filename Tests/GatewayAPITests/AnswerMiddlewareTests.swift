import EventLog
import Glibc
import HubProtocol
import Testing

@testable import GatewayAPI

@Suite("Errors as the contract's answers")
struct AnswerMiddlewareTests {
    @Test(
        "what the log refuses has the contract's status, and a sentence that says what to do",
        arguments: [
            (EventLogError.closed(topic: "mine"), 503, "ask for the topics, and try again"),
            (.unknownTopic("mine"), 404, "ask for the list of topics"),
            (.fenced(topic: "mine", reason: "fdatasync: EIO"), 503, "weir topic reopen mine"),
            (.diskNearlyFull(topic: "mine", freeBytes: 1, neededBytes: 2), 503, "Free space"),
            (.file(LogFileError(operation: "open", path: "/d/log/mine", errno: EMFILE)), 500, "open /d/log/mine"),
            (.readDamaged(file: "/d/log/mine/0.log", byte: 7, detail: "cut"), 500, "restore the file from a backup"),
        ]
    )
    func log(error: EventLogError, status: Int, words: String) {
        let answer = AnswerMiddleware.translated(error)
        #expect(answer.code.status == status)
        #expect(answer.message.contains(words), "\(answer.message)")
    }

    @Test("what nobody foresaw is 500 without its details")
    func unforeseen() {
        struct Secret: Error {}
        #expect(AnswerMiddleware.translated(Secret()) == HubError(.serverError, "the gateway failed; its log says why"))
    }
}
