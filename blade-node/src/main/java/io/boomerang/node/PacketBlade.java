package io.boomerang.node;

import io.boomerang.announce.ControlMessage;
import io.boomerang.blade.BladeNode;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.cluster.ClusterView;
import io.boomerang.node.admin.Measurements;

import java.lang.foreign.MemorySegment;

/// A blade through which packets pass, by a processor.
final class PacketBlade implements ProcessingBlade {
    private final BladeNode blade;
    private final PacketProcessor processor;

    PacketBlade(final BladeNode blade, final PacketProcessor processor) {
        this.blade = blade;
        this.processor = processor;
    }

    @Override
    public BladeNode node() {
        return blade;
    }

    @Override
    public int receive(final long nowNs) {
        return blade.receive(nowNs);
    }

    @Override
    public void onDatagram(
            final int fromNode,
            final MemorySegment datagram,
            final long offset,
            final int length,
            final long nowNs) {
        blade.onDatagram(fromNode, datagram, offset, length, nowNs);
    }

    @Override
    public void onMessage(final int fromNode, final ControlMessage message, final long nowNs) {
        blade.onMessage(fromNode, message, nowNs);
    }

    @Override
    public void onView(final ClusterView view, final long nowNs) {
        blade.onView(view, nowNs);
    }

    @Override
    public int onTimer(final long nowNs) {
        return blade.onTimer(nowNs);
    }

    @Override
    public void flush() {
        processor.flush();
    }

    @Override
    public int[] descriptors() {
        return processor.descriptors();
    }

    @Override
    public boolean opensFlows() {
        return true;
    }

    @Override
    public void setDraining(final boolean on) {
        // New flows come only from redirectors, which are told.
    }

    @Override
    public boolean isIdle() {
        return blade.isIdle();
    }

    @Override
    public void measure(final Measurements into) {
        // Its flows are all there is.
    }

    @Override
    public String summary() {
        final String own = processor.summary();
        return own.isEmpty() ? "" : " device=" + blade.deviceCounters() + " " + own;
    }

    @Override
    public void close() {
        blade.close();
        processor.close();
    }
}
