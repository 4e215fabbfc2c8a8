"""Who is counted as one: a subscriber's network, not each of the addresses that it may take."""

from ipaddress import IPv6Address, ip_address

IPV6_HOST_BITS = 64


def network_of(address: str) -> str:
    """One name per subscriber: an IPv6 user has a whole /64 to draw addresses from.

    What isn't an address is its own name.
    """
    try:
        found = ip_address(address.strip())
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{int(found) >> IPV6_HOST_BITS:x}::/64"
