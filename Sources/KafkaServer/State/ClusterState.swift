internal import EventLog
internal import LogFormat

/// What the endpoint keeps beside the log: the cluster's id, and from where producer ids were never handed out.
///
/// ```
/// 0 "WEIRKFK" │ 7 version u8 = 1 │ 8 cluster id, 22 × ASCII │ 30 next producer id i64, big-endian │ 38 crc-32c u32
/// ```
struct ClusterState: Equatable, Sendable {
    /// Its file in the state folder.
    static let fileName = "cluster.state"
    private static let magic = Array("WEIRKFK".utf8) + [1]
    private static let clusterIDLength = 22
    private static let checkedSize = 38
    private static let size = 42

    /// 22 characters of base64url, as Kafka's own.
    var clusterID: String
    /// No producer has had this id or a later one.
    var producerIDNext: Int64

    /// The state of a cluster whose file is not there, or damaged.
    ///
    /// - Parameter milliseconds: Unix time. Producer ids begin far above what a gateway can have handed out before: 2^20 for each
    ///   millisecond.
    init(madeAt milliseconds: Int64) {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        self.clusterID = String((0..<ClusterState.clusterIDLength).map { _ in alphabet[Int.random(in: 0..<64)] })
        self.producerIDNext = max(0, milliseconds) << 20
    }

    /// Reads a whole file; `nil` when it is damaged.
    init?(reading file: [UInt8]) {
        guard file.count == ClusterState.size, file.starts(with: ClusterState.magic) else { return nil }
        let stated = file[ClusterState.checkedSize...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard stated == CRC32C.checksum(Array(file[..<ClusterState.checkedSize])) else { return nil }
        self.clusterID = String(decoding: file[8..<(8 + ClusterState.clusterIDLength)], as: UTF8.self)
        let next = file[30..<38].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let next = Int64(exactly: next) else { return nil }
        self.producerIDNext = next
    }

    /// The file's bytes.
    var encoded: [UInt8] {
        var bytes = ClusterState.magic + Array(self.clusterID.utf8)
        bytes.append(contentsOf: withUnsafeBytes(of: self.producerIDNext.bigEndian, Array.init))
        let sum = CRC32C.checksum(bytes)
        bytes.append(contentsOf: withUnsafeBytes(of: sum.bigEndian, Array.init))
        return bytes
    }

    /// The state in a folder, which is made when it is missing, as is the file; both durably. Blocks.
    ///
    /// - Parameters:
    ///   - directory: the folder; its parent must be there.
    ///   - files: the file layer.
    ///   - milliseconds: Unix time.
    /// - Returns: The state, and whether a file was there that could not be used.
    /// - Throws: The call that failed.
    static func open(
        in directory: String,
        files: any LogFiles,
        at milliseconds: Int64
    ) throws(LogFileError) -> (state: ClusterState, wasDamaged: Bool) {
        try files.createDirectory(directory)
        try files.syncDirectory(ClusterState.parent(of: directory))
        let path = "\(directory)/\(ClusterState.fileName)"
        let isThere = try files.list(directory).contains(ClusterState.fileName)
        if isThere {
            let file = try files.open(path, .read)
            let size = Int(try file.size())
            if size == ClusterState.size, let state = ClusterState(reading: try ClusterState.bytes(of: file, size)) {
                return (state, false)
            }
        }
        let state = ClusterState(madeAt: milliseconds)
        try PosixLogFiles.replaceDurably(path: path, with: state.encoded)
        return (state, isThere)
    }

    private static func bytes(of file: any LogFile, _ size: Int) throws(LogFileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        var failure: LogFileError?
        let count = bytes.withUnsafeMutableBytes { raw in
            do throws(LogFileError) {
                return try file.read(into: raw, at: 0)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return Array(bytes[..<count])
    }

    private static func parent(of directory: String) -> String {
        guard let slash = directory.lastIndex(of: "/") else { return "." }
        return slash == directory.startIndex ? "/" : String(directory[..<slash])
    }
}
