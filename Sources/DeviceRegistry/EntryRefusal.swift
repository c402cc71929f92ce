package import TwinModel

/// Why an entry was not carried out; nothing of it was.
package enum EntryRefusal: Error, Equatable, Sendable {
    /// The registry does not allow it.
    case registry(RegistryError)
    /// A rule for twins, or the twin's etag, does not allow it.
    case twin(TwinError)
}
