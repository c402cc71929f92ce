import EventLog
import FoundationEssentials
import NIOPosix
import ServerTestSupport
import Testing

@testable import KafkaServer

@Suite("the cluster's id and the counter of producer ids")
struct ClusterStateTests {
    @Test("a file flipped at any bit, or cut at any byte, is not read")
    func everyByte() throws {
        let state = ClusterState(madeAt: 1_795_000_000_000)
        let file = state.encoded
        #expect(ClusterState(reading: file) == state)
        for index in file.indices {
            #expect(ClusterState(reading: Array(file[..<index])) == nil)
            for bit in 0..<8 {
                var flipped = file
                flipped[index] ^= 1 << bit
                #expect(ClusterState(reading: flipped) == nil)
            }
        }
    }

    @Test("the id stays over restarts; a damaged file is made anew, with producer ids far above the old ones")
    func reopened() throws {
        let directory = try TestKafka.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let folder = "\(directory)/kafka"
        let (first, _) = try ClusterState.open(in: folder, files: PosixLogFiles(), at: 1_000)
        let (second, wasDamaged) = try ClusterState.open(in: folder, files: PosixLogFiles(), at: 2_000)
        #expect(first == second)
        #expect(!wasDamaged)
        try Data("broken".utf8).write(to: URL(filePath: "\(folder)/cluster.state"))
        let (third, isDamaged) = try ClusterState.open(in: folder, files: PosixLogFiles(), at: 3_000)
        #expect(isDamaged)
        #expect(third.clusterID != first.clusterID)
        #expect(third.producerIDNext >= first.producerIDNext + 1_000_000)
    }

    @Test("no producer id is handed out twice, also over restarts", .timeLimit(.minutes(1)))
    func producerIDs() async throws {
        let directory = try TestKafka.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        var seen = Set<Int64>()
        for _ in 0..<3 {
            let (cluster, _) = try ClusterState.open(in: directory, files: PosixLogFiles(), at: 1)
            let ids = ProducerIDs(cluster: cluster, directory: directory, threads: threads)
            let mailbox = Mailbox<Int64>("a producer id")
            let count = Int(ProducerIDs.blockSize) + 10
            for _ in 0..<count {
                ids.next { result in
                    if case .success(let id) = result { mailbox.push(id) }
                }
            }
            for _ in 0..<count { #expect(seen.insert(try await mailbox.next()).inserted) }
        }
        try await threads.shutdownGracefully()
    }
}
