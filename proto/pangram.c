/* The texts of link checks (SPEC 7.2). */
#include "proto/pangram.h"

const struct pangram pangrams[PANGRAMS] = {
    {"en", "The duty officer logs six vexing packets, jumps up, and rings back quickly from a hazy wharf."},
    {"en", "Six zones away, a good friend keeps vigil, jots the number back, and quietly waits."},
    {"en", "We judged every quiet buzz from the box of parcels, then signed our names and asked why."},
    {"en", "Quite lazy lines vex us, but two brief words from the night desk keep calm, and joy comes back."},
    {"th", "ผู้รู้ที่นี่ตื่นแล้วฟังเสียงอยู่"},
    {"th", "น้ำขึ้นสูง เรือเล็กรีบเข้าฝั่ง"},
    {"th", "จดหมายด่วนถึงโต๊ะศูนย์ก่อนบ่าย"},
    {"th", "เดี๋ยวนี้ ปิดประตู เปิดวิทยุ ฟัง"},
    {"vi", "Trực ban đã nhận đủ tín hiệu, hẹn gửi lời đáp bằng số, đêm nay chờ."},
    {"vi", "Đường dây nóng vẫn thông, mỗi giờ thử một lần, đêm mưa, ngày nắng."},
    {"vi", "Cán bộ trực đêm ghi rõ giờ, đọc từng chữ, đặt bút ký nhận ở cuối."},
    {"vi", "Sóng vỗ bờ đảo, thuyền vẫn gặp được trạm gác, đổi đèn chào."},
};
