import DeviceHub
import DeviceRegistry
import EventLog
import HTTPTypes
import HubProtocol
import Hummingbird
import Logging
import NIOCore
import TelemetryModel

/// The border between errors and HTTP: turns what a route throws into the contract's answer, and counts answers.
struct AnswerMiddleware: RouterMiddleware {
    let counters: APICounters
    let logger: Logger
    let now: @Sendable () -> Timestamp

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let translated = AnswerMiddleware.translated(error)
            if translated.code.status >= 500 {
                self.logger.error("API: \(request.method) \(request.uri.path) failed: \(error)")
            }
            response = translated.response(at: self.now())
        }
        response.headers[.cacheControl] = "no-store"
        self.counters.countAnswer(status: response.status.code)
        return response
    }

    /// The contract's error for anything a route throws.
    static func translated(_ error: any Error) -> HubError {
        switch error {
        case let error as HubError: error
        case let error as RegistryError: HubError(registry: error)
        case let error as EventLogError: HubError(error)
        case is NIOTooManyBytesError: HubError(.tooLarge, "the body is too large")
        case let error as HTTPError where error.status == .notFound:
            HubError(.resourceNotFound, "there is no such route; GET /hub tells what this gateway is")
        case let error as HTTPError where error.status.code < 500:
            HubError(.argumentInvalid, error.body ?? "the request cannot be read")
        default: HubError(.serverError, "the gateway failed; its log says why")
        }
    }
}
