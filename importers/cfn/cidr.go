package cfn

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"bulkhead/importers/yamlpos"
)

// maxBlocks is how many blocks Fn::Cidr makes at most.
const maxBlocks = 256

// cidr lists the address blocks that Fn::Cidr makes of a block: so many, each with so many bits for hosts.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
func (s *scope) cidr(arg *yamlpos.Node) ([]string, bool) {
	args := s.texts(arg, nil)
	if len(args) < 2 || len(args) > 3 {
		return nil, false
	}
	block, err := netip.ParsePrefix(args[0])
	count, errCount := strconv.Atoi(args[1])
	if err != nil || errCount != nil || count < 1 || count > maxBlocks {
		return nil, false
	}
	addr := block.Masked().Addr()
	bits := 64
	if addr.Is4() {
		bits = 0
	}
	if len(args) == 3 {
		if bits, err = strconv.Atoi(args[2]); err != nil {
			return nil, false
		}
	} else if addr.Is4() {
		return nil, false // it has to be given
	}
	size := addr.BitLen() - bits
	if bits < 1 || size < block.Bits() || size > addr.BitLen() || size-block.Bits() < 31 && count > 1<<(size-block.Bits()) {
		return nil, false
	}
	var out []string
	for i := range count {
		at, ok := plus(addr, uint64(i), bits)
		if !ok {
			return nil, false
		}
		out = append(out, netip.PrefixFrom(at, size).String())
	}
	return out, true
}

// plus is an address n blocks of 2^bits addresses behind another; ok is false beyond what 64 bits tell.
func plus(a netip.Addr, n uint64, bits int) (netip.Addr, bool) {
	if a.Is4() {
		b := a.As4()
		binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])+uint32(n<<bits))
		return netip.AddrFrom4(b), true
	}
	b := a.As16()
	high, low := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	if bits >= 64 {
		high += n << (bits - 64)
	} else {
		add := n << bits
		if n>>(64-bits) > 0 || low+add < low {
			return a, false
		}
		low += add
	}
	binary.BigEndian.PutUint64(b[:8], high)
	binary.BigEndian.PutUint64(b[8:], low)
	return netip.AddrFrom16(b), true
}
