package io.boomerang.blade;

/// What came out of a processor that is a device of its own.
///
/// @param frames that came out
/// @param turnedBack those of them with which the device refused to let a flow open
/// @param withoutFlow what the device had to say to its neighbours, dropped
/// @param unknownFlow frames of flows that the device began itself, dropped
/// @param translations flows that the device gave another tuple
/// @param conflicts such tuples that another flow of this blade has
/// @param ends flows that ended because the device had forgotten them
/// @param expected flows that the device expects to come, announced to all redirectors
/// @param expectedCarried packets on which such an announcement rode
/// @param expectedHeld packets that waited until all redirectors of a side knew of such a flow
public record DeviceCounters(
        long frames,
        long turnedBack,
        long withoutFlow,
        long unknownFlow,
        long translations,
        long conflicts,
        long ends,
        long expected,
        long expectedCarried,
        long expectedHeld) {}
