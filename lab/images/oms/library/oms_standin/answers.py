"""The envelope of the console's answers."""

import uuid

KEYS = ("success", "errorDetail", "code", "message", "advice", "requestId", "pageNumber", "pageSize", "totalCount", "cost", "data")


def envelope(data=None, **others):
    return {**dict.fromkeys(KEYS), "success": True, "requestId": str(uuid.uuid4()), "data": data, **others}


def failure(code, message, data=None):
    return envelope(data, success=False, code=code, message=message)
