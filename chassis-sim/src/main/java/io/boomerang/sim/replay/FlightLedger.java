package io.boomerang.sim.replay;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/// The packets that have entered the chassis and whose end is not known yet, by packet number. A
/// ring for the many that end soon, a map for the few that are held for long. One thread.
final class FlightLedger {
    static final int NOT_IN_FLIGHT = -2;

    /// Reached a blade.
    static final int DELIVERED = 1;

    /// Travels against its flow's first packet.
    static final int REVERSE = 2;

    /// The first packet that comes back after one of its flow had left.
    static final int FIRST_RETURN = 4;

    /// Crosses without meeting a blade.
    static final int BRIDGED = 8;

    /// Went by way of another redirector, which knew more.
    static final int DETOURED = 16;

    private static final int SLOTS = 1 << 12;

    private final long[] numbers = new long[SLOTS];
    private final int[] flows = new int[SLOTS];
    private final int[] nodes = new int[SLOTS];
    private final int[] flags = new int[SLOTS];
    private final Map<Long, Flight> longFlights = new HashMap<>();
    private long inFlight;

    private static final class Flight {
        private int flow;
        private int node;
        private int flags;
    }

    /// A packet enters; `flow` is {@link FlowBook#NONE} when it has none.
    void enter(final long number, final int flow, final int newFlags) {
        final int slot = slot(number);
        if (numbers[slot] != 0) {
            final Flight flight = new Flight();
            flight.flow = flows[slot];
            flight.node = nodes[slot];
            flight.flags = flags[slot];
            longFlights.put(numbers[slot], flight);
        }
        numbers[slot] = number;
        flows[slot] = flow;
        nodes[slot] = 0;
        flags[slot] = newFlags;
        inFlight++;
    }

    private static int slot(final long number) {
        return (int) number & SLOTS - 1;
    }

    /// The packet's flow, {@link #NOT_IN_FLIGHT} when it has ended or never entered.
    int flow(final long number) {
        final int slot = slot(number);
        if (numbers[slot] == number) {
            return flows[slot];
        }
        final Flight flight = longFlights.get(number);
        return flight == null ? NOT_IN_FLIGHT : flight.flow;
    }

    int flags(final long number) {
        final int slot = slot(number);
        if (numbers[slot] == number) {
            return flags[slot];
        }
        final Flight flight = longFlights.get(number);
        return flight == null ? 0 : flight.flags;
    }

    /// The node that the packet was last known to be on: a blade, or a redirector that holds it; 0
    /// for none.
    int node(final long number) {
        final int slot = slot(number);
        if (numbers[slot] == number) {
            return nodes[slot];
        }
        final Flight flight = longFlights.get(number);
        return flight == null ? 0 : flight.node;
    }

    void mark(final long number, final int flag, final int node) {
        final int slot = slot(number);
        if (numbers[slot] == number) {
            flags[slot] |= flag;
            nodes[slot] = node;
            return;
        }
        final Flight flight = longFlights.get(number);
        if (flight != null) {
            flight.flags |= flag;
            flight.node = node;
        }
    }

    /// The packet's end.
    void leave(final long number) {
        final int slot = slot(number);
        if (numbers[slot] == number) {
            numbers[slot] = 0;
            inFlight--;
        } else if (longFlights.remove(number) != null) {
            inFlight--;
        }
    }

    long inFlight() {
        return inFlight;
    }

    /// Calls for every packet in flight, in ascending order; the consumer may let it leave.
    void forEach(final LongConsumer consumer) {
        final TreeSet<Long> ordered = new TreeSet<>(longFlights.keySet());
        for (final long number : numbers) {
            if (number != 0) {
                ordered.add(number);
            }
        }
        ordered.forEach(consumer::accept);
    }
}
