/// What a client asks by a PUBLISH to one of the hub's topics that is not telemetry.
///
/// Source: contract iothub-mqtt sections 5, 6 and 8, provisioning section 3.
package struct HubRequest: Equatable, Sendable {
    /// What is asked.
    package enum Kind: Equatable, Sendable {
        /// The twin's properties.
        case twinGet
        /// A patch of the reported properties, perhaps only when their `$version` is this.
        case reportedPatch(ifVersion: Int64?)
        /// The answer to a direct method: the program's status, any integer.
        case methodAnswer(status: Int)
        /// A registration with the provisioning service.
        case register
        /// The state of a registration.
        case registrationStatus(operationID: String)
    }

    /// What is asked.
    package var kind: Kind
    /// Whether the hub answers it on a topic; the answer to a method is the end of its call.
    package var isAnswered: Bool {
        switch self.kind {
        case .twinGet, .reportedPatch, .register, .registrationStatus: true
        case .methodAnswer: false
        }
    }
    /// The text behind `$rid=`, as the client wrote it: the answer repeats it.
    package var requestID: String

    /// A request.
    package init(_ kind: Kind, requestID: String) {
        self.kind = kind
        self.requestID = requestID
    }

    /// Whether it is one to the provisioning service.
    package var isProvisioning: Bool {
        switch self.kind {
        case .register, .registrationStatus: true
        case .twinGet, .reportedPatch, .methodAnswer: false
        }
    }

    /// Bytes of a request's topic at most: status, request id and operation id are short.
    package static let topicBytesMax = 1_024

    /// Reads a topic behind `$iothub/` or `$dps/`; `nil` when it is none of those in the contract.
    ///
    /// Parameters stand behind one `?`, as `$rid=…`, `&$version=…`, `&operationId=…`, in any order, each once.
    package init?(topic: some Collection<UInt8>) {
        guard topic.count <= HubRequest.topicBytesMax, let text = String(validating: topic, as: UTF8.self),
            let mark = text.firstIndex(of: "?"), let parameters = HubRequest.parameters(text[mark...].dropFirst()),
            let requestID = parameters["$rid"], !requestID.isEmpty
        else { return nil }
        let path = text[..<mark]
        switch path {
        case "$iothub/twin/GET/":
            self.init(.twinGet, requestID: requestID)
        case "$iothub/twin/PATCH/properties/reported/":
            guard let condition = parameters["$version"] else {
                self.init(.reportedPatch(ifVersion: nil), requestID: requestID)
                return
            }
            guard let version = Int64(condition) else { return nil }
            self.init(.reportedPatch(ifVersion: version), requestID: requestID)
        case "$dps/registrations/PUT/iotdps-register/":
            self.init(.register, requestID: requestID)
        case "$dps/registrations/GET/iotdps-get-operationstatus/":
            guard let operation = parameters["operationId"].flatMap({ PercentEncoding.decode($0) }), !operation.isEmpty
            else { return nil }
            self.init(.registrationStatus(operationID: operation), requestID: requestID)
        default:
            let prefix = "$iothub/methods/res/"
            guard path.hasPrefix(prefix), path.hasSuffix("/"),
                let status = Int(path.dropFirst(prefix.count).dropLast())
            else { return nil }
            self.init(.methodAnswer(status: status), requestID: requestID)
        }
    }

    private static func parameters(_ text: Substring) -> [String: String]? {
        var parameters = [String: String]()
        for pair in text.split(separator: "&") {
            let name = pair.prefix { $0 != "=" }
            guard name.endIndex < pair.endIndex else { return nil }
            let value = String(pair.dropFirst(name.count + 1))
            guard parameters.updateValue(value, forKey: String(name)) == nil else { return nil }
        }
        return parameters
    }
}
