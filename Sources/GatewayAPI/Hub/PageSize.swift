import HTTPTypes
import HubProtocol
import Hummingbird

/// How many rows a request wants of a page.
///
/// Source: contract iothub-rest section 4.
enum PageSize {
    /// When nothing is said.
    static let standard = 100
    /// Whatever is said.
    static let max = 1_000

    /// The header `x-ms-max-item-count`, at most ``max``.
    static func of(_ request: Request) throws(HubError) -> Int {
        guard let text = request.headers[.itemCountMax], !text.isEmpty else { return PageSize.standard }
        guard let count = Int(text), count > 0 else {
            throw HubError(
                .argumentInvalid,
                "x-ms-max-item-count is “\(text.prefix(32))”, expected a number from 1 to \(PageSize.max)"
            )
        }
        return min(count, PageSize.max)
    }
}
