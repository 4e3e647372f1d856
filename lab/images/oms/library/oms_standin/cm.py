"""
oms_drc_cm, the cluster manager: it takes heart beats of its region's nodes and keeps them in the region's heartbeat database. Its own
interface, below /standin, is the stand-in's; at all other addresses there is nothing.
"""

import ipaddress

import pymysql

from . import component_files, metadb
from .web import Handler, Server, open_log, run

BEAT = (
    "INSERT INTO heart_beat (task_name, task_type, host_ip) VALUES (%s, 'HEART_BEAT', %s)"
    " ON DUPLICATE KEY UPDATE gmt_modified = CURRENT_TIMESTAMP"
)


class CmHandler(Handler):
    def do_GET(self):
        self.nothing_here()

    def do_POST(self):
        if self.path != "/standin/heart-beat":
            self.nothing_here()
            return
        beat = self.body()
        settings = self.server.settings
        try:
            address = str(ipaddress.ip_address(beat.get("host_ip", "")))
            if str(beat.get("location")) != settings.location:
                raise ValueError(f"location {beat.get('location')} is not {settings.location}, that of this CM")
            with metadb.rows(settings, settings.heartbeat_database) as rows:
                rows.execute(BEAT, ("supervisor", address))
                rows.execute("INSERT INTO heatbeat_sequence () VALUES ()")
        except ValueError as error:
            self.refuse(400, str(error))
        except pymysql.MySQLError as error:
            self.refuse(503, f"MetaDB: {error}")
        else:
            self.send_json(200, {"standIn": True})

    def refuse(self, status, reason):
        self.server.log.error("no heart beat of %s: %s", self.client_address[0], reason)
        self.send_json(status, {"standIn": True, "message": reason})


def main():
    settings = component_files.read(component_files.CM)
    settings.port = int(settings.port)
    log = open_log("/home/admin/logs/cm/log/service.log", "oms_drc_cm")
    server = Server(int(settings.listen), CmHandler)
    server.settings, server.log = settings, log
    log.info("listens on port %s", settings.listen)
    server.serve_forever()


run(main)
