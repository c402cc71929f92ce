/// The topics the hub publishes to.
///
/// Source: contract iothub-mqtt sections 5 to 9, provisioning section 3. Request ids go back as they came.
package enum HubAnswerTopic {
    /// The answer to a twin request; `version` is the new `reported.$version` of a patch.
    package static func twin(status: Int, requestID: String, version: Int64? = nil) -> String {
        "$iothub/twin/res/\(status)/?$rid=\(requestID)\(version.map { "&$version=\($0)" } ?? "")"
    }

    /// A change of the desired properties that led to `version`.
    package static func desired(version: Int64) -> String {
        "$iothub/twin/PATCH/properties/desired/?$version=\(version)"
    }

    /// A call of a direct method. The request id is the gateway's: letters and digits.
    package static func method(name: String, requestID: String) -> String {
        "$iothub/methods/POST/\(PercentEncoding.encode(name))/?$rid=\(requestID)"
    }

    /// A cloud-to-device message; a property without a value is its name alone.
    package static func devicebound(device: String, properties: [(name: String, value: String?)]) -> String {
        let pairs = properties.map { property in
            let name = PercentEncoding.encode(property.name)
            return property.value.map { "\(name)=\(PercentEncoding.encode($0))" } ?? name
        }
        return "devices/\(device)/messages/devicebound/\(pairs.joined(separator: "&"))"
    }

    /// The answer to a provisioning request; `retryAfterSeconds` when the client is to ask again.
    package static func provisioning(status: Int, requestID: String, retryAfterSeconds: Int? = nil) -> String {
        let retry = retryAfterSeconds.map { "&retry-after=\($0)" } ?? ""
        return "$dps/registrations/res/\(status)/?$rid=\(requestID)\(retry)"
    }
}
