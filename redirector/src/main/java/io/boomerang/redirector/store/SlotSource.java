package io.boomerang.redirector.store;

/// A table of sessions as the store's thread sees it, while another thread changes it. Neither
/// waits for the other.
public interface SlotSource {
    /// What a slot turned out to hold.
    enum Content {
        /// Nothing to be stored.
        NOTHING,
        /// A session, seen as it was at one moment.
        SESSION,
        /// Unknown: the owner kept changing it.
        BUSY
    }

    /// Slots are numbered from 0.
    long slotCount();

    /// As a power of two, how many slots are a group. The last group may have fewer.
    int groupShift();

    /// A number that is another one when slots of the group have changed since it was asked for; it
    /// may be so without a change. Groups are numbered from 0.
    int changes(long group);

    /// How many slots hold sessions at the same time, at most.
    long capacity();

    /// Size of a record, its seal of four bytes included.
    int recordBytes();

    /// Looks at a slot; the other methods speak of what was seen then.
    Content read(long slot);

    /// Not 0, and another one whenever the record would say something else worth storing.
    long fingerprint();

    /// Writes the session into a record of {@link #recordBytes}, from its beginning.
    ///
    /// @param nodeNs the owner's time
    /// @param wallMs the same moment in milliseconds since 1970
    void encode(byte[] record, long nodeNs, long wallMs);
}
