/// An error of the REST contract: status, code and what happened.
///
/// Source: contract iothub-rest section 1, "Errors".
package struct HubError: Error, Equatable, Sendable {
    /// The kinds of errors with their names in the header `iothub-errorcode`.
    package enum Code: String, Sendable, CaseIterable {
        case argumentInvalid = "ArgumentInvalid"
        case unauthorized = "IotHubUnauthorizedAccess"
        case deviceNotFound = "DeviceNotFound"
        case moduleNotFound = "ModuleNotFound"
        case topicNotFound = "TopicNotFound"
        case resourceNotFound = "ResourceNotFound"
        case applicationNotFound = "ApplicationNotFound"
        case tooManyModules = "TooManyModulesOnDevice"
        case deviceAlreadyExists = "DeviceAlreadyExists"
        case moduleAlreadyExists = "ModuleAlreadyExistsOnDevice"
        case applicationAlreadyExists = "ApplicationAlreadyExists"
        case topicAlreadyExists = "TopicAlreadyExists"
        case topicProtected = "TopicProtected"
        case backupRunning = "BackupRunning"
        case nameTaken = "NameTaken"
        case preconditionFailed = "PreconditionFailed"
        case tooLarge = "RequestEntityTooLarge"
        case throttled = "ThrottlingException"
        case serverError = "ServerError"
        case unavailable = "ServiceUnavailable"

        /// The HTTP status.
        package var status: Int {
            switch self {
            case .argumentInvalid: 400
            case .unauthorized: 401
            case .tooManyModules, .topicProtected: 403
            case .deviceNotFound, .moduleNotFound, .topicNotFound, .resourceNotFound, .applicationNotFound: 404
            case .deviceAlreadyExists, .moduleAlreadyExists, .applicationAlreadyExists, .nameTaken, .topicAlreadyExists,
                .backupRunning:
                409
            case .preconditionFailed: 412
            case .tooLarge: 413
            case .throttled: 429
            case .serverError: 500
            case .unavailable: 503
            }
        }
    }

    /// What kind.
    package var code: Code
    /// One sentence: what was seen and what was expected. Never a secret.
    package var message: String

    /// An error of the contract.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
