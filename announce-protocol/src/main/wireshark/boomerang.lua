-- Boomerang's GENEVE options for Wireshark and tshark:
--
--     tshark -X lua_script:boomerang.lua -i eth0 -f 'udp port 6081' -Y boomerang
--
-- Wireshark itself takes the GENEVE header apart, and the frame behind it. This adds what stands in
-- the options of class 0xffb0 and in hellos. The layouts are those of SteeringHeader, RelayOption,
-- FrameSeal, AnnouncementCodec, KeyCodec and HelloCodec.

local OPTION_CLASS = 0xffb0
local HELLO_PROTOCOL = 0x88b5
local GENEVE_LENGTH = 8

local PURPOSES = {[0] = "deliver", "emit", "look up", "resolve", "transfer", "mark"}
local SIDES = {[0] = "ingress", "egress"}
local KINDS = {[1] = "open", "refresh", "close", "move", "expect"}
local PHASES = {[0] = "embryonic", "established", "closing", "closed"}

local boomerang = Proto("boomerang", "Boomerang")
local f = {
    purpose = ProtoField.uint8("boomerang.purpose", "Purpose", base.DEC, PURPOSES, 0xf0),
    side = ProtoField.uint8("boomerang.side", "Arrival side", base.DEC, SIDES, 0x01),
    hops = ProtoField.uint8("boomerang.hops", "Hops"),
    arrival = ProtoField.uint16("boomerang.arrival", "Arrival node"),
    flow = ProtoField.uint64("boomerang.flow", "Flow id"),
    packet = ProtoField.uint64("boomerang.packet", "Packet number"),
    key_id = ProtoField.uint8("boomerang.tag.key", "Key id"),
    node = ProtoField.uint16("boomerang.tag.node", "Sending node"),
    tag_incarnation = ProtoField.uint16("boomerang.tag.incarnation", "Incarnation"),
    sequence = ProtoField.uint64("boomerang.tag.sequence", "Sequence number"),
    tag = ProtoField.uint64("boomerang.tag", "Tag", base.HEX),
    origin = ProtoField.uint16("boomerang.relay.origin", "Origin node"),
    destination = ProtoField.uint16("boomerang.relay.destination", "Destination node"),
    links = ProtoField.uint8("boomerang.relay.links", "Links left"),
    protocol = ProtoField.uint8("boomerang.key.protocol", "Protocol"),
    source_is_b = ProtoField.bool("boomerang.key.source_is_b", "Source is endpoint b", 8, nil, 0x80),
    vlan = ProtoField.uint32("boomerang.key.vlan", "VLAN domain", base.HEX),
    a4 = ProtoField.ipv4("boomerang.key.a", "Address a"),
    b4 = ProtoField.ipv4("boomerang.key.b", "Address b"),
    a6 = ProtoField.ipv6("boomerang.key.a6", "Address a"),
    b6 = ProtoField.ipv6("boomerang.key.b6", "Address b"),
    a_port = ProtoField.uint16("boomerang.key.aport", "Port a"),
    b_port = ProtoField.uint16("boomerang.key.bport", "Port b"),
    kind = ProtoField.uint8("boomerang.announcement", "Session announcement", base.DEC, KINDS, 0xf8),
    phase = ProtoField.uint8("boomerang.announcement.phase", "Phase", base.DEC, PHASES, 0x07),
    blade = ProtoField.uint16("boomerang.announcement.blade", "Blade"),
    incarnation = ProtoField.uint16("boomerang.announcement.incarnation", "Incarnation"),
    version = ProtoField.uint16("boomerang.announcement.version", "Version"),
    lease = ProtoField.uint32("boomerang.announcement.lease", "Lease in ms"),
    announced = ProtoField.uint64("boomerang.announcement.flow", "Flow id"),
    hello = ProtoField.uint16("boomerang.hello.node", "Node"),
    hello_incarnation = ProtoField.uint16("boomerang.hello.incarnation", "Incarnation"),
    hello_sequence = ProtoField.uint32("boomerang.hello.sequence", "Sequence"),
    silent = ProtoField.uint16("boomerang.hello.silent", "Does not hear node"),
    unknown = ProtoField.bytes("boomerang.unknown", "Unknown option"),
}
local fields = {}
for _, field in pairs(f) do
    fields[#fields + 1] = field
end
boomerang.fields = fields

local malformed = ProtoExpert.new(
    "boomerang.malformed", "Option ends too early", expert.group.MALFORMED, expert.severity.ERROR)
boomerang.experts = {malformed}

local geneve_version = Field.new("geneve.version")
local geneve_type = Field.new("geneve.proto_type")
local geneve_option = Field.new("geneve.option")

local function is_ipv6(shape)
    return bit32.band(shape, 0x01) ~= 0
end

local function body_length(shape)
    return is_ipv6(shape) and 36 or 12
end

local function has_vlan(shape)
    return bit32.band(shape, 0x08) ~= 0
end

local function add_body(tree, range, shape, at, name)
    local width = is_ipv6(shape) and 16 or 4
    local body = tree:add(boomerang, range(at, body_length(shape)), name)
    body:add(is_ipv6(shape) and f.a6 or f.a4, range(at, width))
    body:add(is_ipv6(shape) and f.b6 or f.b4, range(at + width, width))
    body:add(f.a_port, range(at + 2 * width, 2))
    body:add(f.b_port, range(at + 2 * width + 2, 2))
    return at + body_length(shape)
end

local function add_steering(tree, data)
    tree:add(f.purpose, data(0, 1))
    tree:add(f.side, data(0, 1))
    tree:add(f.hops, data(1, 1))
    tree:add(f.arrival, data(2, 2))
    tree:add(f.flow, data(4, 8))
end

local function add_packet_number(tree, data)
    tree:add(f.packet, data(0, 8))
end

local function add_tag(tree, data)
    tree:add(f.key_id, data(0, 1))
    tree:add(f.node, data(2, 2))
    tree:add(f.tag_incarnation, data(4, 2))
    tree:add(f.sequence, data(6, 6), data(6, 6):uint64())
    tree:add(f.tag, data(12, 8))
end

local function add_key(tree, data)
    local shape = data(0, 1):uint()
    local at = 4
    tree:add(f.source_is_b, data(0, 1))
    tree:add(f.protocol, data(1, 1))
    if has_vlan(shape) then
        tree:add(f.vlan, data(at, 4))
        at = at + 4
    end
    add_body(tree, data, shape, at, "Resolved key")
end

local function add_announcement(tree, data)
    local shape = data(1, 1):uint()
    local at = 19
    tree:add(f.kind, data(0, 1))
    tree:add(f.phase, data(0, 1))
    tree:add(f.protocol, data(2, 1))
    tree:add(f.blade, data(3, 2))
    tree:add(f.incarnation, data(5, 2))
    tree:add(f.version, data(7, 2))
    tree:add(f.lease, data(9, 2), data(9, 2):uint() * 10)
    tree:add(f.announced, data(11, 8))
    if has_vlan(shape) then
        tree:add(f.vlan, data(at, 4))
        at = at + 4
    end
    at = add_body(tree, data, shape, at, "Key")
    if bit32.band(shape, 0x10) ~= 0 then
        add_body(tree, data, shape, at, "Original")
    end
end

local function add_relay(tree, data)
    tree:add(f.origin, data(0, 2))
    tree:add(f.destination, data(2, 2))
    tree:add(f.links, data(4, 1))
end

local OPTIONS = {
    [0x81] = {name = "Steering", add = add_steering},
    [0x02] = {name = "Packet number", add = add_packet_number},
    [0x83] = {name = "Resolved key", add = add_key},
    [0x84] = {name = "Carried announcement", add = add_announcement},
    [0x85] = {name = "Relay", add = add_relay},
    [0x06] = {name = "Tag", add = add_tag},
}

local function add_option(tree, range)
    local option = OPTIONS[range(2, 1):uint()]
    if option == nil then
        tree:add(f.unknown, range)
        return
    end
    local branch = tree:add(boomerang, range, option.name)
    if range:len() <= 4 or not pcall(option.add, branch, range(4)) then
        branch:add_proto_expert_info(malformed)
    end
end

local function add_hello(tree, payload)
    local at = 0
    while at + 12 <= payload:len() do
        local words = payload(at + 9, 1):uint()
        local length = math.min(12 + 8 * words, payload:len() - at)
        local branch = tree:add(boomerang, payload(at, length), "Hello record")
        branch:add(f.hello, payload(at, 2))
        branch:add(f.hello_incarnation, payload(at + 2, 2))
        branch:add(f.hello_sequence, payload(at + 4, 4))
        local first = payload(at + 8, 1):uint()
        for byte = 0, length - 13 do
            local word = payload(at + 12 + byte, 1)
            for b = 0, 7 do
                if bit32.extract(word:uint(), b) == 1 then
                    local node = 64 * (first + math.floor(byte / 8)) + 8 * (7 - byte % 8) + b
                    branch:add(f.silent, word, node)
                end
            end
        end
        if length < 12 + 8 * words then
            branch:add_proto_expert_info(malformed)
        end
        at = at + length
    end
end

function boomerang.dissector(tvb, pinfo, tree)
    local version = geneve_version()
    if version == nil then
        return
    end
    local branch = nil
    local function root()
        branch = branch or tree:add(boomerang, "Boomerang")
        return branch
    end
    for _, option in ipairs({geneve_option()}) do
        local range = option.range
        if range:len() >= 4 and range(0, 2):uint() == OPTION_CLASS then
            add_option(root(), range)
        end
    end
    local type = geneve_type()
    if type ~= nil and type.value == HELLO_PROTOCOL then
        local start = version.offset
        local options = 4 * bit32.band(tvb(start, 1):uint(), 0x3f)
        if tvb:len() > start + GENEVE_LENGTH + options then
            add_hello(root(), tvb(start + GENEVE_LENGTH + options))
        end
    end
end

register_postdissector(boomerang)
