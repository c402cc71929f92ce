import DeviceRegistry
import SwiftASN1
package import X509

extension Certificate {
    /// Its serial, as `IssuedCertificate` has it.
    package var serial: String { IssuedCertificate.serial(self.serialNumber.bytes) }

    /// The certificate's bytes.
    package var der: [UInt8] {
        get throws {
            var serializer = DER.Serializer()
            try serializer.serialize(self)
            return serializer.serializedBytes
        }
    }
}
