package io.boomerang.blade.session;

import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;

import org.jspecify.annotations.Nullable;

/// One flow on this blade. Places of the {@link MarkerTable}, reused from flow to flow; belongs to
/// the blade's thread.
///
/// A flow has a key on each side of the chassis: the original one on the side that opened it, and
/// on the far side the one that a translating processor gave it, else the same.
@SuppressWarnings("EnumOrdinal") // arrays by side, within one process
public final class MarkerSession extends HeldQueue {
    /// A flow may have been announced in newer versions than the last one that was stored. It gets
    /// a new one fifty times a second at the most, when it takes over other flow ids; a store that
    /// is twenty seconds behind is behind by fewer.
    static final int VERSIONS_MISSED = 1_024;

    /// A flow that moves goes on with a version that is newer than what the blade that it has left
    /// could make of a stored one.
    private static final int VERSIONS_OF_A_MOVE = 2 * VERSIONS_MISSED;

    final MarkerList.Link byLastPacket = new MarkerList.Link(this);
    final MarkerList.Link byLastAnnouncement = new MarkerList.Link(this);
    final @Nullable MarkerSession[] nextByKey = new MarkerSession[2];
    final boolean[] indexed = new boolean[2];
    @Nullable MarkerSession nextByFlowId;
    @Nullable MarkerSession nextFree;
    LifetimeClass lifetime = LifetimeClass.LAPSED;
    boolean inUse;

    private final int index;
    private final FlowState state;
    private final FlowKey[] keys = {new FlowKey(), new FlowKey()};
    private final long[] hashes = new long[2];
    private final boolean[] initiatorIsB = new boolean[2];
    private final int[] arrivalNodes = new int[2];
    private final int[] owners = new int[2];
    private final int[] backups = new int[2];

    private long flowId;
    private int version;
    private TcpPhase phase = TcpPhase.EMBRYONIC;
    private Side openingSide = Side.INGRESS;
    private Residence residence = Residence.HERE;
    private int lender;
    private boolean translated;
    private boolean passed;
    private boolean answered;
    private boolean putOff;
    private int putOffPackets;
    private boolean farReady;
    private boolean farOwnerKnows;
    private boolean initiatorFin;
    private boolean responderFin;
    private int viewEpoch;
    private int openVersion;
    private long adoptedNs;
    private long lastSeenNs;
    private long announcedNs;

    MarkerSession(final int index, final FlowState state) {
        this.index = index;
        this.state = state;
    }

    /// A flow takes this place.
    void begin(
            final FlowKey key,
            final long hash,
            final long newFlowId,
            final Side arrivalSide,
            final boolean sourceIsB) {
        version = SessionAnnouncement.versionAfter(SessionAnnouncement.UNANNOUNCED, 1);
        for (int side = 0; side < 2; side++) {
            keys[side].copyFrom(key);
            hashes[side] = hash;
            arrivalNodes[side] = 0;
        }
        flowId = newFlowId;
        residence = Residence.HERE;
        lender = 0;
        translated = false;
        setHeld(NO_FRAME, NO_FRAME);
        restart();
        orient(arrivalSide, sourceIsB);
    }

    /// A flow that began before this process takes this place. Its redirectors have to be told.
    void resume(final StoredMarker stored, final long ingressHash, final long egressHash) {
        restore(stored, ingressHash, egressHash);
        raiseVersion(VERSIONS_MISSED);
        state.resume(phase);
    }

    /// A flow that another blade has may come to this place.
    void expect(final StoredMarker stored, final long ingressHash, final long egressHash) {
        restore(stored, ingressHash, egressHash);
        residence = Residence.EXPECTED;
    }

    /// The flow is on this blade now, after it was on another one; that one's far side's owner
    /// steers by it, so that nothing has to wait for that.
    void arrive() {
        raiseVersion(VERSIONS_OF_A_MOVE);
        onFarOwnerKnows();
        onFarOwnerChanged();
    }

    /// The flow was given to another blade, which has not kept it.
    void comeBack() {
        raiseVersion(2 * VERSIONS_OF_A_MOVE);
    }

    private void raiseVersion(final int by) {
        version = SessionAnnouncement.versionAfter(version, by);
        openVersion = version;
    }

    private void restore(final StoredMarker stored, final long ingressHash, final long egressHash) {
        begin(
                stored.ingressKey(),
                ingressHash,
                stored.flowId(),
                stored.openingSide(),
                stored.ingressInitiatorIsB());
        setKey(Side.EGRESS, stored.egressKey(), egressHash, stored.egressInitiatorIsB());
        translated = stored.translated();
        version = stored.version();
        openVersion = version;
        phase = stored.phase();
        answered = stored.answered();
        passed = true;
        initiatorFin = stored.initiatorFin();
        responderFin = stored.responderFin();
    }

    /// The flow of this place is over, and a new one of the same tuple begins: what the processor
    /// knew is forgotten, keys, translation, flow id and version stay.
    void restart() {
        phase = TcpPhase.EMBRYONIC;
        beginAtThisVersion();
        passed = false;
        answered = false;
        putOff = false;
        initiatorFin = false;
        responderFin = false;
        viewEpoch = 0;
        owners[0] = 0;
        owners[1] = 0;
        backups[0] = 0;
        backups[1] = 0;
        state.clear();
    }

    /// What was acknowledged before counts no more: it was about another life of the flow.
    public void beginAtThisVersion() {
        openVersion = version;
        awaitFarOwner();
    }

    /// A packet of this direction opens the flow. A translated flow keeps its direction.
    public void orient(final Side arrivalSide, final boolean sourceIsB) {
        if (translated) {
            return;
        }
        if (openingSide != arrivalSide) {
            openingSide = arrivalSide;
            awaitFarOwner();
        }
        initiatorIsB[0] = sourceIsB;
        initiatorIsB[1] = sourceIsB;
    }

    void setKey(
            final Side side, final FlowKey key, final long hash, final boolean newInitiatorIsB) {
        keys[side.ordinal()].copyFrom(key);
        hashes[side.ordinal()] = hash;
        initiatorIsB[side.ordinal()] = newInitiatorIsB;
    }

    void setFlowId(final long newFlowId) {
        flowId = newFlowId;
    }

    /// The place in the table, 0 to capacity - 1; does not change.
    public int index() {
        return index;
    }

    /// What the processor remembers of the flow.
    public FlowState state() {
        return state;
    }

    /// The flow as packets on this side name it. Not to be changed by the caller.
    public FlowKey key(final Side side) {
        return keys[side.ordinal()];
    }

    /// The keyed hash of {@link #key}.
    public long hash(final Side side) {
        return hashes[side.ordinal()];
    }

    /// The direction bit that the initiator's packets have on this side.
    public boolean initiatorIsB(final Side side) {
        return initiatorIsB[side.ordinal()];
    }

    /// The flow as its first packet entered the chassis.
    public FlowKey original() {
        return key(openingSide);
    }

    public Side openingSide() {
        return openingSide;
    }

    public Side farSide() {
        return openingSide.opposite();
    }

    public long flowId() {
        return flowId;
    }

    /// Counts the changes of the flow's session, 1 to 65,535 and round again.
    public int version() {
        return version;
    }

    /// The version with which this life of the flow began.
    public int openVersion() {
        return openVersion;
    }

    /// From now on the session has a version that another node has chosen.
    public void setVersion(final int newVersion) {
        version = newVersion;
        openVersion = version;
    }

    public void raiseVersion() {
        version = SessionAnnouncement.versionAfter(version, 1);
    }

    public TcpPhase phase() {
        return phase;
    }

    public void setPhase(final TcpPhase newPhase) {
        phase = newPhase;
    }

    public LifetimeClass lifetime() {
        return lifetime;
    }

    /// Where the flow is.
    public Residence residence() {
        return residence;
    }

    public void setResidence(final Residence newResidence) {
        residence = newResidence;
    }

    /// The blade that the flow's translated address and port belong to; 0 when it has none, or when
    /// that is this blade.
    public int lender() {
        return lender;
    }

    public void setLender(final int newLender) {
        lender = newLender;
    }

    /// Whether the flow is over and the marker only remembers it.
    public boolean isLapsed() {
        return lifetime == LifetimeClass.LAPSED;
    }

    /// Whether the key on the far side differs from the original one.
    public boolean isTranslated() {
        return translated;
    }

    void setTranslated() {
        translated = true;
    }

    /// Whether the processor has let a packet of the flow pass.
    public boolean hasPassed() {
        return passed;
    }

    public void setPassed() {
        passed = true;
    }

    /// Whether the responder has spoken since the flow became embryonic.
    public boolean isAnswered() {
        return answered;
    }

    void setAnswered(final boolean newAnswered) {
        answered = newAnswered;
    }

    /// Whether only those know of the flow who need it for its first packets.
    public boolean isPutOff() {
        return putOff;
    }

    /// The flow is announced in full later, if ever.
    public void putOff() {
        putOff = true;
        putOffPackets = 1;
    }

    /// The flow is announced in full.
    public void endPutOff() {
        putOff = false;
    }

    /// Another packet of the flow passes; answers how many that were since it was put off.
    public int countPutOffPacket() {
        return ++putOffPackets;
    }

    /// Whether the far side's owner has acknowledged the flow, or one that owned it there before.
    public boolean isFarReady() {
        return farReady;
    }

    /// Whether the redirector that owns the flow on its far side now has acknowledged it.
    public boolean isKnownToFarOwner() {
        return farOwnerKnows;
    }

    /// The far side's owner has acknowledged the flow.
    public void onFarOwnerKnows() {
        farOwnerKnows = true;
        farReady = true;
    }

    /// The far side has another owner, which has not heard of the flow.
    public void onFarOwnerChanged() {
        farOwnerKnows = false;
    }

    /// The far side's owner has to hear of the flow before anything else of it goes there.
    public void awaitFarOwner() {
        farOwnerKnows = false;
        farReady = false;
    }

    public boolean hasFin(final boolean ofInitiator) {
        return ofInitiator ? initiatorFin : responderFin;
    }

    public void setFin(final boolean ofInitiator) {
        if (ofInitiator) {
            initiatorFin = true;
        } else {
            responderFin = true;
        }
    }

    public void clearFins() {
        initiatorFin = false;
        responderFin = false;
    }

    /// The redirector from which the flow's packets last came on this side; 0 when none did.
    public int arrivalNode(final Side side) {
        return arrivalNodes[side.ordinal()];
    }

    public void setArrivalNode(final Side side, final int node) {
        arrivalNodes[side.ordinal()] = node;
    }

    /// The owner that the flow was last announced to on this side; 0 when to none.
    public int announcedOwner(final Side side) {
        return owners[side.ordinal()];
    }

    /// The backup owner that the flow was last announced to on this side; 0 when to none.
    public int announcedBackup(final Side side) {
        return backups[side.ordinal()];
    }

    public void setAnnounced(final Side side, final int owner, final int backup) {
        owners[side.ordinal()] = owner;
        backups[side.ordinal()] = backup;
    }

    /// The count of views after which owner and backup were last compared with those announced to.
    public int viewEpoch() {
        return viewEpoch;
    }

    public void setViewEpoch(final int epoch) {
        viewEpoch = epoch;
    }

    /// The first of the flow's frames that wait for the far side's owner.

    public long lastSeenNs() {
        return lastSeenNs;
    }

    void setLastSeenNs(final long nowNs) {
        lastSeenNs = nowNs;
    }

    /// When the flow last took over another flow id.
    public long adoptedNs() {
        return adoptedNs;
    }

    public void setAdoptedNs(final long nowNs) {
        adoptedNs = nowNs;
    }

    public long announcedNs() {
        return announcedNs;
    }

    void setAnnouncedNs(final long nowNs) {
        announcedNs = nowNs;
    }
}
