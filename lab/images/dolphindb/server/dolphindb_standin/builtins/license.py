"""The licence of this node."""

from ..registry import ONLY_ADMINISTRATORS, function


@function("license")
def license_(context, *_):
    return context.node.license.dictionary(context.node.port_number)


@function("getLicenseExpiration")
def get_license_expiration(context):
    return context.node.license.date()


@function("updateLicense", admin=ONLY_ADMINISTRATORS)
def update_license(context):
    context.node.update_license()
    return context.node.license.dictionary(context.node.port_number)
