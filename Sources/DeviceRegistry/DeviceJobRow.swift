import FleetQuery
import FoundationEssentials
import GRDB
import TelemetryJSON
import TelemetryModel

/// A row of `devices.jobs`: what one job did on one device or module.
///
/// Source: contract twins section 8.
struct DeviceJobRow {
    /// What ``init(_:)`` reads, of `deviceJob AS d JOIN job AS j`.
    static let columns = """
        d.device, d.module, j.id, j.kind, j.status, d.status, d.createdMilliseconds, d.startMilliseconds, \
        d.endMilliseconds, d.outcome, d.job
        """

    let device: String
    let module: String
    /// The job's number.
    let number: Int64
    /// The row as queries see it.
    let document: JSONObject

    init(_ row: Row) throws {
        self.device = row[0]
        self.module = row[1]
        self.number = row[10]
        let (job, kind, jobStatus, status): (String, String, String, Int) = (row[2], row[3], row[4], row[5])
        let (created, started, ended): (Int64, Int64?, Int64?) = (row[6], row[7], row[8])
        var document: JSONObject = ["deviceId": .string(self.device)]
        if !self.module.isEmpty { document["moduleId"] = .string(self.module) }
        document["jobId"] = .string(job)
        document["jobType"] = .string(kind)
        let state = DeviceJobStatus(rawValue: status)?.text(in: JobStatus(rawValue: jobStatus) ?? .completed)
        document["status"] = .string(state ?? "unknown")
        document["startTimeUtc"] = DeviceJobRow.time(started)
        document["endTimeUtc"] = DeviceJobRow.time(ended)
        document["createdDateTimeUtc"] = DeviceJobRow.time(created)
        document["lastUpdatedDateTimeUtc"] = DeviceJobRow.time(ended ?? started ?? created)
        let outcome: [UInt8] = try row.withUnsafeData(atIndex: 9) { Array($0 ?? Data()) }
        if !outcome.isEmpty, case .object(let members) = try JSONValue(parsing: outcome) {
            for member in members { document[member.name] = member.value }
        }
        self.document = document
    }

    private static func time(_ milliseconds: Int64?) -> JSONValue {
        milliseconds.map { .string(Timestamp(milliseconds: $0).description) } ?? .null
    }
}
