import Foundation
import Testing

/// Sources of small programs that the tests run or compile; they lie in `Programs/`.
enum ClientProgram {
    static func path(_ name: String) throws -> String {
        try #require(Bundle.module.url(forResource: "Programs/\(name)", withExtension: nil)).path()
    }
}
