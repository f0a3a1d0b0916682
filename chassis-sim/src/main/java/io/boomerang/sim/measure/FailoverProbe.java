package io.boomerang.sim.measure;

import io.boomerang.port.FrameBurst;
import io.boomerang.port.PacketPort;
import io.boomerang.port.PacketPorts;
import io.boomerang.port.PortException;
import io.boomerang.port.PortOptions;
import io.boomerang.port.PortOptions.Driver;
import io.boomerang.port.PortWait;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Kills a process, and watches for how long that loses frames that cross to a host which sends
/// each of them back: of flows that began before, and of flows that begin with that frame. One
/// thread.
public final class FailoverProbe implements AutoCloseable {
    private static final int BURST = 256;
    private static final int WAIT_MS = 1;
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /// Frames in a tick: one of a new flow, and the others of existing ones, by turns.
    private static final int IN_TICK = 5;

    private static final int EXISTING = 32;

    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /// What has not come back for so long is lost.
    private static final long LATE_NS = TimeUnit.MILLISECONDS.toNanos(500);

    /// After so long without a loss it is over.
    private static final long CALM_NS = TimeUnit.MILLISECONDS.toNanos(1_500);

    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int MOST_FRAMES = (int) (2 * LIMIT_NS / TICK_NS) * IN_TICK;
    private static final double NS_PER_MS = 1e6;

    private final Arena arena = Arena.ofConfined();
    private final PacketPort port;
    private final PortWait wait;
    private final FrameBurst burst = new FrameBurst(BURST);
    private final CrossingFrames frames;
    private final long[] sentNs = new long[MOST_FRAMES];
    private final BitSet returned = new BitSet();
    private long firstNumber;
    private int sent;
    private int nextFlow = EXISTING;

    private FailoverProbe(final PacketPort port) {
        this.port = port;
        wait = new PortWait(List.of(port));
        frames = new CrossingFrames(arena, CrossingFrames.LEAST_BYTES);
    }

    /// By the interface of that name, in this process's network namespace.
    public static FailoverProbe open(final String interfaceName) throws PortException {
        return new FailoverProbe(
                PacketPorts.open(interfaceName, PortOptions.DEFAULTS.withDriver(Driver.AF_PACKET)));
    }

    /// What a death did to frames of one kind.
    ///
    /// @param lost how many frames
    /// @param servedMs from the death until the first frame was sent behind which none was lost, in
    ///   milliseconds
    public record Outage(int lost, double servedMs) {}

    /// What came out.
    ///
    /// @param newFlows flows that began with that frame
    /// @param existing flows that had begun before
    public record Result(Outage newFlows, Outage existing) {
        /// As one line for {@link #parse}.
        public String text() {
            return newFlows.lost
                    + " "
                    + newFlows.servedMs
                    + " "
                    + existing.lost
                    + " "
                    + existing.servedMs;
        }

        /// Reads what {@link #text} wrote.
        static Result parse(final String line) {
            final String[] words = line.split(" ", -1);
            if (words.length != 4) {
                throw new IllegalArgumentException("'" + line + "' is no result");
            }
            return new Result(
                    new Outage(Integer.parseInt(words[0]), Double.parseDouble(words[1])),
                    new Outage(Integer.parseInt(words[2]), Double.parseDouble(words[3])));
        }
    }

    /// Kills the process while frames cross.
    ///
    /// @throws IOException when frames are lost for a minute, before or after
    public Result kill(final ProcessHandle victim) throws IOException {
        firstNumber += sent;
        sent = 0;
        returned.clear();
        awaitCalm();
        final long killedNs = System.nanoTime();
        victim.destroyForcibly();
        awaitCalm();
        return new Result(outage(killedNs, true), outage(killedNs, false));
    }

    private void awaitCalm() throws IOException {
        final long startNs = System.nanoTime();
        do {
            if (System.nanoTime() - startNs > LIMIT_NS) {
                throw new IOException("frames are lost for a minute");
            }
            workUntil(System.nanoTime() + LOOK_NS);
        } while (System.nanoTime() - startNs < LATE_NS + CALM_NS || !isCalm());
    }

    /// Whether frames were sent of late and none of them was lost.
    private boolean isCalm() {
        final long nowNs = System.nanoTime();
        int frame = sent - 1;
        while (frame >= 0 && nowNs - sentNs[frame] < LATE_NS) {
            frame--;
        }
        final int newest = frame;
        while (frame >= 0 && nowNs - sentNs[frame] < LATE_NS + CALM_NS) {
            if (!returned.get(frame)) {
                return false;
            }
            frame--;
        }
        return frame < newest;
    }

    private Outage outage(final long killedNs, final boolean ofNewFlows) {
        final long endNs = System.nanoTime() - LATE_NS;
        int lost = 0;
        double servedMs = 0;
        boolean isOut = false;
        for (int frame = 0; frame < sent && sentNs[frame] < endNs; frame++) {
            if (isOfNewFlow(frame) == ofNewFlows && sentNs[frame] >= killedNs) {
                if (!returned.get(frame)) {
                    lost++;
                    isOut = true;
                } else if (isOut) {
                    isOut = false;
                    servedMs = (sentNs[frame] - killedNs) / NS_PER_MS;
                }
            }
        }
        return new Outage(lost, servedMs);
    }

    private static boolean isOfNewFlow(final int frame) {
        return frame % IN_TICK == 0;
    }

    private void workUntil(final long endNs) {
        long nowNs = System.nanoTime();
        long tickNs = nowNs;
        while (nowNs < endNs) {
            if (nowNs >= tickNs) {
                for (int i = 0; i < IN_TICK; i++) {
                    send(nowNs);
                }
                port.flush();
                tickNs = nowNs + TICK_NS;
            }
            if (receive() == 0) {
                wait.await(WAIT_MS);
            }
            nowNs = System.nanoTime();
        }
    }

    private void send(final long nowNs) {
        final int flow = isOfNewFlow(sent) ? nextFlow++ : sent % EXISTING;
        final MemorySegment frame = frames.ofFlow(flow, firstNumber + sent, nowNs);
        if (sent < MOST_FRAMES && port.transmit(frame, 0, frames.length())) {
            sentNs[sent++] = nowNs;
        }
    }

    private int receive() {
        final int received = port.receive(burst);
        for (int i = 0; i < received; i++) {
            final MemorySegment frame = burst.segment(i);
            final long offset = burst.offset(i);
            if (CrossingFrames.isOne(frame, offset, burst.length(i))) {
                final long number = CrossingFrames.number(frame, offset) - firstNumber;
                if (number >= 0 && number < sent) {
                    returned.set((int) number);
                }
            }
        }
        return received;
    }

    @Override
    public void close() {
        wait.close();
        port.close();
        arena.close();
    }
}
