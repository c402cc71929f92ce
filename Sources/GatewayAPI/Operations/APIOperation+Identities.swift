import HTTPTypes

extension APIOperation {
    static let listDevices = APIOperation(
        "listDevices",
        .get,
        "/devices",
        .registryRead,
        "Devices in the order of their ids.",
        parameters: [
            .query("top", .text, "how many, 1 to 1000; anything else is 1000"),
            .query("after", .text, "the last id of the page before"),
        ],
        answers: [.ok(.array(.reference("Identity")))]
    )
    static let changeDevices = APIOperation(
        "changeDevices",
        .post,
        "/devices",
        .registryWrite,
        "Makes, changes or deletes up to 100 devices, modules and twins; the good entries of a refused request are done.",
        body: .json(.array(.reference("BulkEntry"))),
        answers: [
            .ok(.reference("BulkAnswer")),
            .status(400, "entries were refused, or all", .json(.reference("BulkRefusal"))),
        ]
    )
    static let getDevice = APIOperation(
        "getDevice",
        .get,
        "/devices/:id",
        .registryRead,
        "A device.",
        answers: [.ok(.reference("Identity"), headers: ["ETag"])]
    )
    static let putDevice = APIOperation(
        "putDevice",
        .put,
        "/devices/:id",
        .registryWrite,
        "Makes a device, or with If-Match replaces one; keys that are not given are made.",
        parameters: [.ifMatch],
        body: .json(.reference("IdentityBody")),
        answers: [.ok(.reference("Identity"), headers: ["ETag"])]
    )
    static let deleteDevice = APIOperation(
        "deleteDevice",
        .delete,
        "/devices/:id",
        .registryWrite,
        "Deletes a device with its modules, twins and queue.",
        parameters: [.ifMatch],
        answers: [.done]
    )
    static let listModules = APIOperation(
        "listModules",
        .get,
        "/devices/:id/modules",
        .registryRead,
        "The modules of a device.",
        answers: [.ok(.array(.reference("Identity")))]
    )
    static let getModule = APIOperation(
        "getModule",
        .get,
        "/devices/:id/modules/:module",
        .registryRead,
        "A module.",
        answers: [.ok(.reference("Identity"), headers: ["ETag"])]
    )
    static let putModule = APIOperation(
        "putModule",
        .put,
        "/devices/:id/modules/:module",
        .registryWrite,
        "Makes a module, or with If-Match replaces one.",
        parameters: [.ifMatch],
        body: .json(.reference("IdentityBody")),
        answers: [.ok(.reference("Identity"), headers: ["ETag"])]
    )
    static let deleteModule = APIOperation(
        "deleteModule",
        .delete,
        "/devices/:id/modules/:module",
        .registryWrite,
        "Deletes a module.",
        parameters: [.ifMatch],
        answers: [.done]
    )
    static let exportRegistry = APIOperation(
        "exportRegistry",
        .get,
        "/registry",
        .registryWrite,
        "All devices and modules with keys, hashes of passwords and twins, as JSON lines that changeDevices takes as entries.",
        answers: [.status(200, "a line for each, in the order of their ids", .lines)]
    )
    static let deviceStatistics = APIOperation(
        "deviceStatistics",
        .get,
        "/statistics/devices",
        .registryRead,
        "How many devices there are.",
        answers: [.ok(.object)]
    )
    static let serviceStatistics = APIOperation(
        "serviceStatistics",
        .get,
        "/statistics/service",
        .registryRead,
        "How many devices are connected.",
        answers: [.ok(.object)]
    )

    /// Source: contract iothub-rest section 2.
    static let identities: [APIOperation] = [
        .listDevices, .changeDevices, .getDevice, .putDevice, .deleteDevice, .listModules, .getModule, .putModule,
        .deleteModule, .exportRegistry, .deviceStatistics, .serviceStatistics,
    ]
}
