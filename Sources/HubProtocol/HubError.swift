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
        /// The device is not connected, or not subscribed to methods.
        case deviceNotOnline = "DeviceNotOnline"
        /// The device did not answer in time.
        case gatewayTimeout = "GatewayTimeout"
        /// As many messages wait for the device as may.
        case queueFull = "DeviceMaximumQueueDepthExceeded"
        /// A limit of the hub, such as its number of configurations.
        case quotaExceeded = "IotHubQuotaExceeded"
        /// The lock of a message or of feedback is held no more.
        case lockLost = "DeviceMessageLockLost"
        case jobNotFound = "JobNotFound"
        case jobAlreadyExists = "JobAlreadyExists"
        case configurationNotFound = "ConfigurationNotFound"
        case configurationAlreadyExists = "ConfigurationAlreadyExists"
        case enrollmentNotFound = "EnrollmentNotFound"
        case enrollmentAlreadyExists = "EnrollmentConflict"
        case registrationNotFound = "RegistrationNotFound"
        case authorityNotFound = "AuthorityNotFound"
        case authorityAlreadyExists = "AuthorityAlreadyExists"
        case certificateNotFound = "CertificateNotFound"
        /// What the contract has and this gateway has not.
        case notSupported = "OperationNotSupported"

        /// The HTTP status.
        package var status: Int {
            switch self {
            case .argumentInvalid: 400
            case .unauthorized: 401
            case .tooManyModules, .topicProtected, .queueFull, .quotaExceeded, .notSupported: 403
            case .deviceNotFound, .moduleNotFound, .topicNotFound, .resourceNotFound, .applicationNotFound,
                .deviceNotOnline, .jobNotFound, .configurationNotFound, .enrollmentNotFound, .registrationNotFound,
                .authorityNotFound, .certificateNotFound:
                404
            case .deviceAlreadyExists, .moduleAlreadyExists, .applicationAlreadyExists, .nameTaken, .topicAlreadyExists,
                .backupRunning, .jobAlreadyExists, .configurationAlreadyExists, .enrollmentAlreadyExists,
                .authorityAlreadyExists:
                409
            case .preconditionFailed, .lockLost: 412
            case .tooLarge: 413
            case .throttled: 429
            case .serverError: 500
            case .unavailable: 503
            case .gatewayTimeout: 504
            }
        }

        /// The contract's number, such as 404103: status times a thousand and what distinguishes the code, 0 where nothing
        /// does.
        package var number: Int {
            switch self {
            case .argumentInvalid: 400_004
            case .unauthorized: 401_002
            case .deviceNotFound: 404_001
            case .deviceNotOnline: 404_103
            case .quotaExceeded: 403_002
            case .queueFull: 403_004
            case .deviceAlreadyExists: 409_001
            case .preconditionFailed: 412_001
            case .lockLost: 412_002
            case .tooLarge: 413_001
            case .throttled: 429_001
            case .serverError: 500_001
            case .gatewayTimeout: 504_101
            case .moduleNotFound, .topicNotFound, .resourceNotFound, .applicationNotFound, .tooManyModules,
                .moduleAlreadyExists, .applicationAlreadyExists, .topicAlreadyExists, .topicProtected, .backupRunning,
                .nameTaken, .unavailable, .jobNotFound, .jobAlreadyExists, .configurationNotFound,
                .configurationAlreadyExists, .enrollmentNotFound, .enrollmentAlreadyExists, .registrationNotFound,
                .authorityNotFound, .authorityAlreadyExists, .certificateNotFound, .notSupported:
                self.status * 1_000
            }
        }
    }

    /// What kind.
    package var code: Code
    /// One sentence: what was seen and what was expected. Never a secret.
    package var message: String
    /// Seconds that a direct method was waited for before ``Code/deviceNotOnline`` or ``Code/gatewayTimeout``.
    package var timeoutSeconds: Int?
    /// Seconds after which it is worth to ask again; `nil` when nobody knows.
    package var retryAfterSeconds: Int?

    /// An error of the contract.
    package init(_ code: Code, _ message: String, timeoutSeconds: Int? = nil, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.message = message
        self.timeoutSeconds = timeoutSeconds
        self.retryAfterSeconds = retryAfterSeconds
    }
}
