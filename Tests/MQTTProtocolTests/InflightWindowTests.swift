import MQTTProtocol
import Testing

@Suite("Publishes taken and not yet durable")
struct InflightWindowTests {
    @Test("the window is full at the last message and opens at half")
    func messages() {
        var window = InflightWindow(messagesMax: 4, bytesMax: 1_000)
        for _ in 0..<3 {
            window.take(bytes: 1)
            #expect(!window.isFull)
        }
        window.take(bytes: 1)
        #expect(window.isFull)
        window.release(messages: 1, bytes: 1)
        #expect(window.isFull)
        window.release(messages: 1, bytes: 1)
        #expect(!window.isFull)
        window.release(messages: 2, bytes: 2)
        #expect(!window.isFull)
        #expect(window.isEmpty)
    }

    @Test("the window is full at its bytes, which one message may pass")
    func bytes() {
        var window = InflightWindow(messagesMax: 100, bytesMax: 1_000)
        window.take(bytes: 999)
        #expect(!window.isFull)
        window.take(bytes: 5_000)
        #expect(window.isFull)
        window.release(messages: 1, bytes: 999)
        #expect(window.isFull)
        window.release(messages: 1, bytes: 5_000)
        #expect(!window.isFull)
        #expect(window.bytes == 0)
    }

    @Test("a window of one message takes the next when the first is durable")
    func single() {
        var window = InflightWindow(messagesMax: 1, bytesMax: 1)
        window.take(bytes: 3)
        #expect(window.isFull)
        window.release(messages: 1, bytes: 3)
        #expect(!window.isFull)
    }
}
