/// The part of the file system where kernel drivers show their sensors. Tests have one in memory.
///
/// Reads block while the driver converts and may fail; a failure or an empty file is a fault, never zero.
package protocol SysfsFiles: AnyObject {
    /// Names in a folder, sorted; empty when there is no such folder.
    func list(_ folder: String) -> [String]
    /// The whole of a small file.
    func read(_ path: String) throws(SensorFault) -> [UInt8]
    /// Writes a setting of a driver, which only some users may.
    func write(_ bytes: [UInt8], to path: String) throws(SensorFault)
    func exists(_ path: String) -> Bool
    /// The path with every symbolic link followed; `nil` when it does not exist.
    func canonicalPath(_ path: String) -> String?
}
