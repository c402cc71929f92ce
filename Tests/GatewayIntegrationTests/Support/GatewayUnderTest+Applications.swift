import Foundation
import Testing

extension GatewayUnderTest {
    /// An identity with a user name and a password.
    struct Login: Sendable {
        var user: String
        var password: String
    }

    /// Registers an application with its topics.
    func makeApplication(
        _ name: String,
        publish: [String] = [],
        subscribe: [String] = [],
        options: [String] = []
    ) async throws -> Login {
        try await self.makeLogin(["application", "create", name], name, publish, subscribe, options)
    }

    /// Registers a device that has a password, with its topics.
    func makePasswordDevice(
        _ id: String,
        publish: [String] = [],
        subscribe: [String] = [],
        options: [String] = []
    ) async throws -> Login {
        let command = ["device", "create", id, "--auth", "password"]
        return try await self.makeLogin(command, id, publish, subscribe, options)
    }

    /// The file that the Python programs read: address, and the logins that the cases of MQTT need.
    ///
    /// - Parameters:
    ///   - folder: where it is written.
    ///   - version: of MQTT, for the programs that speak one.
    ///   - limits: further options of `weir application create` for the login `limited`.
    /// - Returns: its path.
    /// - Throws: when an application cannot be registered.
    func writeServerFile(
        in folder: TemporaryFolder,
        version: String = "5",
        limits: [String] = []
    ) async throws -> String {
        let tester = try await self.makeApplication("tester", publish: ["t/#"], subscribe: ["t/#"])
        let watcher = try await self.makeApplication("watcher", subscribe: ["#"])
        let own = ["t/+/+/own/#"]
        let limited = try await self.makeApplication("limited", publish: own, subscribe: own, options: limits)
        let fields: [String: Any] = [
            "host": "127.0.0.1", "port": self.ports.mqtt, "version": version,
            "user": tester.user, "password": tester.password,
            "watcher": [watcher.user, watcher.password], "limited": [limited.user, limited.password],
        ]
        let file = folder.file("server.json")
        try JSONSerialization.data(withJSONObject: fields).write(to: URL(filePath: file))
        return file
    }

    private func makeLogin(
        _ command: [String],
        _ name: String,
        _ publish: [String],
        _ subscribe: [String],
        _ options: [String]
    ) async throws -> Login {
        let login = Login(user: name, password: "secret-of-\(name)")
        let folder = try TemporaryFolder()
        let file = try folder.write("password", login.password + "\n")
        let grants = publish.flatMap { ["--publish", $0] } + subscribe.flatMap { ["--subscribe", $0] }
        let result = try await RunningProcess.run(
            BuiltProgram.weir,
            command + ["--password-file", file] + grants + options + ["--data", self.data]
        )
        try #require(result.status == 0, "weir \(command.joined(separator: " ")): \(result.errors)")
        return login
    }
}
