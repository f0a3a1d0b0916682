package io.boomerang.flow;

import java.security.SecureRandom;
import java.util.Arrays;

/// The flows of fragmented datagrams, learned from their first fragments.
///
/// Holds a fixed number of datagrams, each for 60 s from its first fragment, as reassembly does
/// (RFC 791, RFC 8200). A datagram that comes again (identifications are reused) takes the place of
/// its predecessor. When full, the datagram that has stood in it longest is forgotten.
///
/// Belongs to one thread; allocates nothing after construction.
public final class DatagramTable {
    public static final long LIFETIME_NS = 60_000_000_000L;

    private static final int NONE = -1;

    /// Never leaves this table, so nobody can aim at one of its chains.
    private final FlowHash hash;

    private final int[] chainHeads;
    private final int[] nextInChain;
    private final DatagramKey[] datagrams;
    private final FlowKey[] flows;
    private final boolean[] sourceIsB;
    private final long[] learnedNs;

    private int size;

    /// The slot to be taken next, thus, once all are taken, the oldest.
    private int cursor;

    public DatagramTable(final int capacity) {
        if (capacity < 1 || capacity > 1 << 24) {
            throw new IllegalArgumentException("capacity " + capacity + " is outside 1..2^24");
        }
        final SecureRandom random = new SecureRandom();
        hash = new FlowHash(random.nextLong(), random.nextLong());
        chainHeads = new int[Integer.highestOneBit(capacity) << 1];
        Arrays.fill(chainHeads, NONE);
        nextInChain = new int[capacity];
        datagrams = new DatagramKey[capacity];
        flows = new FlowKey[capacity];
        Arrays.setAll(datagrams, _ -> new DatagramKey());
        Arrays.setAll(flows, _ -> new FlowKey());
        sourceIsB = new boolean[capacity];
        learnedNs = new long[capacity];
    }

    /// Remembers the flow of a first fragment; ignores every other packet.
    public void learn(final ParsedPacket first, final long nowNs) {
        if (!first.isFirstFragment() || !first.hasKey()) {
            return;
        }
        int slot = find(first.datagram());
        if (slot == NONE) {
            slot = take();
            datagrams[slot].copyFrom(first.datagram());
            final int chain = chainOf(first.datagram());
            nextInChain[slot] = chainHeads[chain];
            chainHeads[chain] = slot;
        }
        flows[slot].copyFrom(first.key());
        sourceIsB[slot] = first.sourceIsB();
        learnedNs[slot] = nowNs;
    }

    /// Gives a fragment, or an ICMP error about one, the flow of its datagram; answers whether it
    /// is known.
    public boolean resolve(final ParsedPacket fragment, final long nowNs) {
        final int slot = find(fragment.datagram());
        if (slot == NONE || !isAlive(nowNs - learnedNs[slot])) {
            return false;
        }
        fragment.setResolved(flows[slot], sourceIsB[slot] != fragment.isIcmpError());
        return true;
    }

    /// The time of captures does go back.
    private static boolean isAlive(final long ageNs) {
        return ageNs <= LIFETIME_NS && ageNs >= -LIFETIME_NS;
    }

    /// How many datagrams stand in the table, also those whose time is over.
    public int size() {
        return size;
    }

    private int find(final DatagramKey datagram) {
        int slot = chainHeads[chainOf(datagram)];
        while (slot != NONE && !datagrams[slot].equals(datagram)) {
            slot = nextInChain[slot];
        }
        return slot;
    }

    private int take() {
        final int slot = cursor;
        cursor = cursor + 1 == datagrams.length ? 0 : cursor + 1;
        if (size < datagrams.length) {
            size++;
        } else {
            unlink(slot);
        }
        return slot;
    }

    private void unlink(final int slot) {
        final int chain = chainOf(datagrams[slot]);
        if (chainHeads[chain] == slot) {
            chainHeads[chain] = nextInChain[slot];
            return;
        }
        int previous = chainHeads[chain];
        while (nextInChain[previous] != slot) {
            previous = nextInChain[previous];
        }
        nextInChain[previous] = nextInChain[slot];
    }

    private int chainOf(final DatagramKey datagram) {
        return (int) datagram.hash(hash) & chainHeads.length - 1;
    }
}
