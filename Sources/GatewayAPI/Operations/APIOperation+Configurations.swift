import HTTPTypes

extension APIOperation {
    private static let configuration: [APIAnswer] = [.ok(.reference("Configuration"), headers: ["ETag"])]

    static let listConfigurations = APIOperation(
        "listConfigurations",
        .get,
        "/configurations",
        .registryRead,
        "The configurations.",
        parameters: [.query("top", .text, "how many, 1 to 100")],
        answers: [.ok(.array(.reference("Configuration")))]
    )
    static let getConfiguration = APIOperation(
        "getConfiguration",
        .get,
        "/configurations/:configuration",
        .registryRead,
        "A configuration.",
        answers: configuration
    )
    static let putConfiguration = APIOperation(
        "putConfiguration",
        .put,
        "/configurations/:configuration",
        .registryWrite,
        "Makes a configuration, or with If-Match changes one, but for its content.",
        parameters: [.ifMatch],
        body: .json(.object),
        answers: configuration
    )
    static let deleteConfiguration = APIOperation(
        "deleteConfiguration",
        .delete,
        "/configurations/:configuration",
        .registryWrite,
        "Deletes a configuration and takes away what only it had set.",
        parameters: [.ifMatch],
        answers: [.done]
    )
    static let testConfigurationQueries = APIOperation(
        "testConfigurationQueries",
        .post,
        "/configurations/testQueries",
        .registryRead,
        "Says what is wrong with a target condition and with queries.",
        body: .json(.object),
        answers: [.ok(.object)]
    )
    static let applyConfiguration = APIOperation(
        "applyConfiguration",
        .post,
        "/devices/:id/applyConfigurationContent",
        .registryWrite,
        "Writes a configuration's content into one device.",
        body: .json(.object),
        answers: [.done]
    )

    /// Source: contract iothub-rest section 7.
    static let configurations: [APIOperation] = [
        .listConfigurations, .getConfiguration, .putConfiguration, .deleteConfiguration, .testConfigurationQueries,
        .applyConfiguration,
    ]
}
